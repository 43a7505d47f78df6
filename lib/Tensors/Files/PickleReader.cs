using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Fgsm.Tensors.Files;

/// <summary>
/// Reads a Python pickle as data. Dictionaries come back as <c>OrderedDictionary&lt;object, object?&gt;</c>, lists as
/// <c>List&lt;object?&gt;</c>, tuples as <c>object?[]</c>, whole numbers as long, and tensors as tensors.
/// </summary>
/// <param name="bytes">One or more pickles, one after the other; more bytes may follow.</param>
/// <param name="storages">Gets the storages and tensors that the pickle describes.</param>
internal sealed class PickleReader(ReadOnlyMemory<byte> bytes, SavedStorages storages)
{
    /// <summary>The longest pickle read. It bounds the memory taken; a tensor takes about 150 bytes of it.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];

    /// <summary>Where the next pickle begins.</summary>
    public int Position { get; private set; }

    /// <exception cref="InvalidDataException">It is no pickle, is cut short, or asks for what no state dictionary needs.</exception>
    public object? Read()
    {
        stack.Clear();
        marks.Clear();
        memo.Clear();
        while (true)
        {
            var op = (PickleOp)Take(1)[0];
            if (op == PickleOp.Stop)
                return Pop();
            Run(op);
        }
    }

    private void Run(PickleOp op)
    {
        switch (op)
        {
            case PickleOp.Protocol: Take(1); break;
            case PickleOp.None: stack.Add(null); break;
            case PickleOp.True: stack.Add(true); break;
            case PickleOp.False: stack.Add(false); break;
            case PickleOp.UInt8: stack.Add((long)Take(1)[0]); break;
            case PickleOp.UInt16: stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOp.Int32: stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOp.Long: stack.Add(Long(Take(Take(1)[0]))); break;
            case PickleOp.Float64: stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOp.Unicode: stack.Add(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case PickleOp.ShortBytes: stack.Add(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case PickleOp.EmptyTuple: stack.Add(Array.Empty<object?>()); break;
            case PickleOp.EmptyList: stack.Add(new List<object?>()); break;
            case PickleOp.EmptyDictionary: stack.Add(new OrderedDictionary<object, object?>()); break;
            case PickleOp.Mark: marks.Push(stack.Count); break;
            case PickleOp.Tuple: stack.Add(PopToMark()); break;
            case PickleOp.Tuple1: stack.Add(Pop(1)); break;
            case PickleOp.Tuple2: stack.Add(Pop(2)); break;
            case PickleOp.Tuple3: stack.Add(Pop(3)); break;
            case PickleOp.Append: Append([Pop()]); break;
            case PickleOp.Appends: Append(PopToMark()); break;
            case PickleOp.SetItem: SetItems(Pop(2)); break;
            case PickleOp.SetItems: SetItems(PopToMark()); break;
            case PickleOp.Put: memo[Take(1)[0]] = Peek(); break;
            case PickleOp.LongPut: memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case PickleOp.Get: stack.Add(Remembered(Take(1)[0])); break;
            case PickleOp.LongGet: stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOp.Global: stack.Add(KnownNames.Find($"{Line()}.{Line()}")); break;
            case PickleOp.PersistentId: stack.Add(storages.Load(Pop() as object?[] ?? [])); break;
            case PickleOp.Reduce: Reduce(); break;
            case PickleOp.Build: Build(); break;
            default: throw new InvalidDataException($"it has the pickle instruction 0x{(byte)op:x2}, which is no part of a state dictionary");
        }
    }

    private void Reduce()
    {
        var arguments = Pop() as object?[];
        if (arguments is null || Pop() is not KnownNames.Function function)
            throw new InvalidDataException("it calls something that is no function");
        stack.Add(KnownNames.Call(function, arguments, storages));
    }

    /// <summary>The attributes of an OrderedDict: PyTorch's _metadata, the versions of its modules, which are not needed here.</summary>
    private void Build()
    {
        Pop();
        if (Peek() is not OrderedDictionary<object, object?>)
            throw new InvalidDataException("it sets attributes of something that is no dictionary");
    }

    private void Append(object?[] items) => (Peek() as List<object?> ?? throw new InvalidDataException("it appends to something that is no list")).AddRange(items);

    private void SetItems(object?[] items)
    {
        if (Peek() is not OrderedDictionary<object, object?> dictionary || items.Length % 2 != 0)
            throw new InvalidDataException("it sets items of something that is no dictionary");
        for (var i = 0; i < items.Length; i += 2)
        {
            // Other keys are no part of a state dictionary, and these have hash codes that cannot be made to collide.
            if (items[i] is not (string or (>= 0L and <= int.MaxValue)))
                throw new InvalidDataException("a dictionary has a key that is neither text nor a small number");
            dictionary[items[i]!] = items[i + 1];
        }
    }

    private static object Long(ReadOnlySpan<byte> bytes) => bytes.Length <= 8 ? (object)(long)new BigInteger(bytes) : new BigInteger(bytes);

    private string Line()
    {
        var length = bytes.Span[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw CutShort();
        var line = Encoding.UTF8.GetString(Take((uint)length));
        Position++;
        return line;
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > bytes.Length - Position)
            throw CutShort();
        var taken = bytes.Span.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    private InvalidDataException CutShort() => new(bytes.Length >= MaxBytes ? $"its pickle is longer than {MaxBytes >> 20} MB" : "it ends in the middle of a value: the file is cut short or no PyTorch file");

    private object? Remembered(uint index) => memo.TryGetValue(index, out var value) ? value : throw new InvalidDataException($"it refers to value {index}, which it does not have");

    private object? Peek()
    {
        RequireValues(1);
        return stack[^1];
    }

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        RequireValues(count);
        return Cut(stack.Count - count);
    }

    private object?[] PopToMark() => marks.TryPop(out var mark) ? Cut(mark) : throw new InvalidDataException("it ends a group that it did not begin");

    private object?[] Cut(int from)
    {
        var values = stack[from..].ToArray();
        stack.RemoveRange(from, values.Length);
        return values;
    }

    private void RequireValues(int count)
    {
        if (stack.Count - (marks.TryPeek(out var mark) ? mark : 0) < count)
            throw new InvalidDataException("it uses a value that it does not have");
    }
}
