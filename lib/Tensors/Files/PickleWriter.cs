using System.Buffers.Binary;
using System.Collections;
using System.Text;
using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Files;

/// <summary>
/// Writes values as a Python pickle of protocol 2, tensors as PyTorch does: a description here, the elements in storages.
/// </summary>
internal sealed class PickleWriter
{
    private readonly BinaryWriter pickle = new(new MemoryStream());
    private readonly Dictionary<object, (Tensor Elements, int Start, string Key)> storages = new(ReferenceEqualityComparer.Instance);

    private PickleWriter() { }

    /// <returns>The pickle, and the storages' elements by key. Tensors on the same memory share a storage.</returns>
    /// <exception cref="ArgumentException">A value has no place in a state dictionary.</exception>
    public static (byte[] Pickle, IEnumerable<(string Key, Tensor Elements)> Storages) Write(IDictionary value)
    {
        var writer = new PickleWriter();
        writer.FindStorages([.. Tensors(value)]);
        writer.Op(PickleOp.Protocol);
        writer.pickle.Write((byte)2);
        writer.Value(value);
        writer.Op(PickleOp.Stop);
        return (((MemoryStream)writer.pickle.BaseStream).ToArray(), writer.storages.Values.Select(s => (s.Key, s.Elements)));
    }

    private static IEnumerable<Tensor> Tensors(object? value) => value switch
    {
        Tensor tensor => [tensor],
        string => [],
        IDictionary dictionary => dictionary.Values.Cast<object?>().SelectMany(Tensors),
        IEnumerable items => items.Cast<object?>().SelectMany(Tensors),
        _ => [],
    };

    /// <summary>A storage holds no more than its tensors need of it: a slice does not bring the whole along.</summary>
    private void FindStorages(Tensor[] tensors)
    {
        foreach (var group in tensors.GroupBy(t => t.StorageKey, ReferenceEqualityComparer.Instance))
        {
            var (start, end) = (group.Min(t => t.Offset), group.Max(t => t.Offset + t.Count));
            var first = group.First();
            storages.Add(group.Key!, (new Tensor(first, start - first.Offset, [end - start]), start,
                storages.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Op(PickleOp.None); break;
            case bool truth: Op(truth ? PickleOp.True : PickleOp.False); break;
            case int number: Integer(number); break;
            case long number: Integer(number); break;
            case float number: Float(number); break;
            case double number: Float(number); break;
            case string text: String(text); break;
            case Tensor tensor: TensorDescription(tensor); break;
            case IDictionary dictionary: Dictionary(dictionary); break;
            case ITuple tuple: Group(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), PickleOp.Tuple); break;
            case object?[] items: Group(items, PickleOp.Tuple); break;
            case IEnumerable items: List(items); break;
            default: throw new ArgumentException(
                $"a {value.GetType().Name} cannot be saved; only tensors, numbers, texts, lists and dictionaries");
        }
    }

    private void Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Op(PickleOp.Int32);
            pickle.Write((int)value);
            return;
        }
        Op(PickleOp.Long);
        pickle.Write((byte)sizeof(long));
        pickle.Write(value);
    }

    private void Float(double value)
    {
        Op(PickleOp.Float64);
        pickle.Write(BinaryPrimitives.ReverseEndianness(BitConverter.DoubleToInt64Bits(value)));
    }

    private void String(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Op(PickleOp.Unicode);
        pickle.Write(bytes.Length);
        pickle.Write(bytes);
    }

    private void Dictionary(IDictionary dictionary)
    {
        // What torch.save makes of a module's state_dict().
        if (dictionary is Dictionary<string, Tensor>)
            Call("collections", "OrderedDict");
        else
            Op(PickleOp.EmptyDictionary);
        Op(PickleOp.Mark);
        foreach (DictionaryEntry entry in dictionary)
        {
            Value(entry.Key);
            Value(entry.Value);
        }
        Op(PickleOp.SetItems);
    }

    private void List(IEnumerable items)
    {
        Op(PickleOp.EmptyList);
        Group(items, PickleOp.Appends);
    }

    private void Group(IEnumerable items, PickleOp end)
    {
        Op(PickleOp.Mark);
        foreach (var item in items)
            Value(item);
        Op(end);
    }

    private void TensorDescription(Tensor tensor)
    {
        var (elements, start, key) = storages[tensor.StorageKey];
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(PickleOp.Mark);
        {
            Op(PickleOp.Mark);
            Value("storage");
            Global("torch", ElementType.Of(tensor).PyTorch + "Storage");
            Value(key);
            Value("cpu");
            Value(elements.numel());
            Op(PickleOp.Tuple);
            Op(PickleOp.PersistentId);
        }
        Value(tensor.Offset - start);
        Group(tensor.shape, PickleOp.Tuple);
        Group(Shape.Strides(tensor.Sizes), PickleOp.Tuple);
        Value(false);
        Call("collections", "OrderedDict");
        Op(PickleOp.Tuple);
        Op(PickleOp.Reduce);
    }

    private void Call(string module, string name)
    {
        Global(module, name);
        Op(PickleOp.EmptyTuple);
        Op(PickleOp.Reduce);
    }

    private void Global(string module, string name)
    {
        Op(PickleOp.Global);
        pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Op(PickleOp op) => pickle.Write((byte)op);
}
