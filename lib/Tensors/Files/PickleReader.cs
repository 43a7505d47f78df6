using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fgsm.Tensors.Files;

/// <summary>
/// Reads a Python pickle as data. Dictionaries come back as <c>OrderedDictionary&lt;object, object?&gt;</c>, lists as
/// <c>List&lt;object?&gt;</c>, tuples as <c>object?[]</c>, sets as lists, whole numbers as long, and tensors as tensors.
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
            case PickleOp.Long: stack.Add(Whole(new BigInteger(Take(Take(1)[0])))); break;
            case PickleOp.IntegerLine or PickleOp.LongLine: stack.Add(Number(Line())); break;
            case PickleOp.Float64: stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOp.ShortUnicode: stack.Add(Encoding.UTF8.GetString(Take(Take(1)[0]))); break;
            case PickleOp.Unicode: stack.Add(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case PickleOp.LongUnicode: stack.Add(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))))); break;
            case PickleOp.ShortByteText: stack.Add(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case PickleOp.ByteText: stack.Add(Encoding.Latin1.GetString(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case PickleOp.ShortBytes: stack.Add(Take(Take(1)[0]).ToArray()); break;
            case PickleOp.Bytes: stack.Add(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray()); break;
            case PickleOp.LongBytes or PickleOp.ByteArray: stack.Add(
                Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))).ToArray()); break;
            case PickleOp.EmptyTuple: stack.Add(Array.Empty<object?>()); break;
            case PickleOp.EmptyList or PickleOp.EmptySet: stack.Add(new List<object?>()); break;
            case PickleOp.FrozenSet: stack.Add(PopToMark().ToList()); break;
            case PickleOp.EmptyDictionary: stack.Add(NewDictionary()); break;
            case PickleOp.Mark: marks.Push(stack.Count); break;
            case PickleOp.Tuple: stack.Add(PopToMark()); break;
            case PickleOp.Tuple1: stack.Add(Pop(1)); break;
            case PickleOp.Tuple2: stack.Add(Pop(2)); break;
            case PickleOp.Tuple3: stack.Add(Pop(3)); break;
            case PickleOp.Append: Append([Pop()]); break;
            case PickleOp.Appends or PickleOp.AddItems: Append(PopToMark()); break;
            case PickleOp.SetItem: SetItems(Pop(2)); break;
            case PickleOp.SetItems: SetItems(PopToMark()); break;
            case PickleOp.Memoize: memo[(uint)memo.Count] = Peek(); break;
            case PickleOp.Put: memo[Take(1)[0]] = Peek(); break;
            case PickleOp.LongPut: memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case PickleOp.Get: stack.Add(Remembered(Take(1)[0])); break;
            case PickleOp.LongGet: stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOp.Global: stack.Add(KnownNames.Find($"{Line()}.{Line()}")); break;
            case PickleOp.GlobalFromStack: stack.Add(KnownNames.Find(string.Join('.', Pop(2)))); break;
            case PickleOp.Frame: Take(8); break;
            case PickleOp.PersistentId: stack.Add(storages.Load(Pop() as object?[] ?? [])); break;
            case PickleOp.Reduce: Reduce(); break;
            case PickleOp.Build: Build(); break;
            default: throw new InvalidDataException(
                $"it has the pickle instruction 0x{(byte)op:x2}, which is no part of a state dictionary");
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

    private void Append(object?[] items) =>
        (Peek() as List<object?> ?? throw new InvalidDataException("it appends to something that is no list")).AddRange(items);

    private void SetItems(object?[] items)
    {
        if (Peek() is not OrderedDictionary<object, object?> dictionary || items.Length % 2 != 0)
            throw new InvalidDataException("it sets items of something that is no dictionary");
        for (var i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not (string or long))
                throw new InvalidDataException("a dictionary has a key that is neither text nor a whole number");
            dictionary[items[i]!] = items[i + 1];
        }
    }

    public static OrderedDictionary<object, object?> NewDictionary() => new(new Keys());

    /// <summary>Numbers hash with the process's secret, as texts do: no file can make all its keys collide.</summary>
    private sealed class Keys : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object? x, object? y) => Equals(x, y);
        public int GetHashCode(object key) => key is long number ? HashCode.Combine(number) : key.GetHashCode();
    }

    /// <summary>A number as protocol 1 writes it: in decimal, a truth value as 00 or 01, a long with an L.</summary>
    private static object Number(string line) => line is "00" or "01" ? line == "01"
        : line.Length <= 64 && BigInteger.TryParse(
            line.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Whole(number)
        : throw new InvalidDataException($"it has the number {Text.Quoted(line)}, which is none, or too large");

    private static object Whole(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;

    private string Line()
    {
        var length = bytes.Span[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw CutShort();
        var line = Encoding.UTF8.GetString(Take((uint)length));
        Position++;
        return line;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(bytes.Length - Position))
            throw CutShort();
        var taken = bytes.Span.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    private InvalidDataException CutShort() => new(bytes.Length >= MaxBytes ? $"its pickle is longer than {MaxBytes >> 20} MB"
        : "it ends in the middle of a value: the file is cut short or no PyTorch file");

    private object? Remembered(uint index) => memo.TryGetValue(index, out var value) ? value
        : throw new InvalidDataException($"it refers to value {index}, which it does not have");

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

    private object?[] PopToMark() => marks.TryPop(out var mark) ? Cut(mark)
        : throw new InvalidDataException("it ends a group that it did not begin");

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
