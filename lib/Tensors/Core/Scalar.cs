namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>A number given to an op in place of a tensor. It takes part in type promotion by its kind, as in PyTorch.</summary>
    public readonly struct Scalar
    {
        private readonly double real;
        private readonly long integer;

        internal ScalarType Type { get; }

        private Scalar(double value) => (real, integer, Type) = (value, (long)value, ScalarType.Float32);
        private Scalar(long value, ScalarType type) => (real, integer, Type) = (value, value, type);

        public static implicit operator Scalar(float value) => new(value);
        public static implicit operator Scalar(double value) => new(value);
        public static implicit operator Scalar(int value) => new(value, ScalarType.Int64);
        public static implicit operator Scalar(long value) => new(value, ScalarType.Int64);
        public static implicit operator Scalar(bool value) => new(value ? 1 : 0, ScalarType.Bool);

        public double ToDouble() => real;
        public float ToSingle() => (float)real;
        public long ToInt64() => integer;
        public bool ToBoolean() => real != 0;

        public override string ToString() => real.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
