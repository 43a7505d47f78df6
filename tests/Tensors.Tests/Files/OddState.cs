using Fgsm.Tensors.Files;

namespace Fgsm.Tensors.Tests;

/// <summary>
/// A tensor as FsCheck draws it: sizes, strides and offset may or may not fit its storage, and its type may be one that is not supported.
/// </summary>
public sealed record OddTensor(byte Type, byte Rows, byte Columns, OddLayout Layout, byte Offset, byte Slack)
{
    /// <summary>How PyTorch calls a type, and the bytes of a number. Complex numbers are not supported.</summary>
    private static readonly (string Name, Func<int, byte[]> Bytes)[] Types =
    [
        ("Float", v => BitConverter.GetBytes((float)v)), ("Double", v => BitConverter.GetBytes((double)v)),
        ("Half", v => BitConverter.GetBytes((Half)v)),
        ("BFloat16", v => BitConverter.GetBytes((float)v)[2..]), ("Long", v => BitConverter.GetBytes((long)v)),
        ("Int", BitConverter.GetBytes),
        ("Short", v => BitConverter.GetBytes((short)v)), ("Char", v => [(byte)v]), ("Byte", v => [(byte)v]),
        ("Bool", v => [(byte)Math.Min(v, 1)]),
        ("ComplexFloat", v => [.. BitConverter.GetBytes((float)v), .. BitConverter.GetBytes(0f)]),
    ];

    public string TypeName => Types[Type % Types.Length].Name;

    public long[] Sizes => Layout == OddLayout.Scalar ? [] : [Rows % 6, Columns % 6];

    public long[] Strides => Layout switch
    {
        OddLayout.Scalar => [],
        OddLayout.Transposed => [1, Math.Max(Sizes[0], 1)],
        OddLayout.Expanded => [0, 1],
        OddLayout.Spread => [2 * Sizes[1] + 1, 2],
        OddLayout.Backwards => [Sizes[1], -1],
        _ => [Math.Max(Sizes[1], 1), 1],
    };

    public long FirstElement => Offset % 4;

    /// <summary>The elements that the storage has: as many as the tensor reaches, or sometimes one less.</summary>
    public long Count => Math.Max(0, Reach + 1 - (Slack % 8 == 0 ? 1 : 0));

    private long Reach => FirstElement + Sizes.Zip(Strides, (size, stride) => (size - 1) * Math.Abs(stride)).Sum();

    public bool Fits => TypeName != "ComplexFloat" && Layout != OddLayout.Backwards && (Sizes.Contains(0) || Reach < Count);

    /// <summary>Element i of the storage: small numbers, which every type has.</summary>
    private int Element(long i) => (int)((i * 7 + Slack) % 5);

    public byte[] Storage => [.. Enumerable.Range(0, (int)Count).SelectMany(i => Types[Type % Types.Length].Bytes(Element(i)))];

    public double[] Values
    {
        get
        {
            if (Sizes.Length == 0)
                return [Value(FirstElement)];
            return [.. from r in Enumerable.Range(0, (int)Sizes[0]) from c in Enumerable.Range(0, (int)Sizes[1])
                select Value(FirstElement + r * Strides[0] + c * Strides[1])];
        }
    }

    private double Value(long i) => TypeName == "Bool" ? Math.Min(Element(i), 1) : Element(i);
}

public enum OddLayout { Contiguous, Transposed, Expanded, Spread, Scalar, Backwards }

/// <summary>A file with such tensors, in any protocol of pickle and either format, perhaps as a part of a checkpoint.</summary>
public sealed record OddState(OddTensor[] Drawn, byte Protocol, bool Legacy, byte Place, string?[] Texts)
{
    /// <summary>Few, so that often all of them fit.</summary>
    public IReadOnlyList<OddTensor> Tensors => Drawn[..Math.Min(Drawn.Length, 4)];

    /// <summary>Around the state dictionary; null is no checkpoint.</summary>
    private string? Part => new[] { null, "state_dict", "model", "net" }[Place % 4];

    public string Prefix => Place / 4 % 4 == 0 ? "module." : "";

    /// <summary>A part without tensors cannot be found.</summary>
    public bool IsLegal => Tensors.All(t => t.Fits) && (Part is null || Tensors.Count > 0);

    public byte[] File
    {
        get
        {
            var state = New();
            if (Part is not null)
            {
                state.Op(PickleOp.EmptyDictionary).Op(PickleOp.Mark);
                foreach (var (i, text) in Texts.Index())
                    state.Text($"{i}{text}").Op(PickleOp.EmptyList).Op(PickleOp.Mark).Text(text ?? "").Number(i - 1L << 40)
                        .Op(PickleOp.None).Truth(i % 2 == 0).Op(PickleOp.Appends);
                state.Number(7).Op(PickleOp.EmptyDictionary).Text(Part);
            }
            state.Global("collections", "OrderedDict").Op(PickleOp.EmptyTuple).Op(PickleOp.Reduce).Op(PickleOp.Mark);
            foreach (var (i, tensor) in Tensors.Index())
                state.Text($"{Prefix}p{i}")
                    .Tensor($"{i}", tensor.Count, tensor.FirstElement, tensor.Sizes, tensor.Strides, tensor.TypeName);
            state.Op(PickleOp.SetItems);
            if (Part is not null)
                state.Op(PickleOp.SetItems);
            var pickle = state.Op(PickleOp.Stop).Bytes;
            return Legacy ? LegacyFile(pickle) : PickleBuilder.Archive(
                pickle, [("archive/version", "3\n"u8.ToArray()), .. Tensors.Select((t, i) => ($"archive/data/{i}", t.Storage))]);
        }
    }

    private PickleBuilder New() => new PickleBuilder(Protocol % 5 + 1) { Legacy = Legacy }.Begin();

    private byte[] LegacyFile(byte[] state)
    {
        var keys = New().Op(PickleOp.EmptyList).Op(PickleOp.Mark);
        for (var i = 0; i < Tensors.Count; i++)
            keys.Text($"{i}");
        return
        [
            .. PickleBuilder.LegacyMagic,
            .. New().Number(1001).Op(PickleOp.Stop).Bytes,
            .. New().Op(PickleOp.EmptyDictionary).Text("little_endian").Truth(true).Op(PickleOp.SetItem).Op(PickleOp.Stop).Bytes,
            .. state,
            .. keys.Op(PickleOp.Appends).Op(PickleOp.Stop).Bytes,
            .. Tensors.SelectMany(t => BitConverter.GetBytes(t.Count).Concat(t.Storage)),
        ];
    }
}
