namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor softmax(Tensor input, long dim) => nn.functional.softmax(input, dim);
    public static Tensor log_softmax(Tensor input, long dim) => nn.functional.log_softmax(input, dim);

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Probabilities along a dimension.</summary>
            public static unsafe Tensor softmax(Tensor input, long dim)
            {
                var y = AlongLast("softmax", input, dim, Normalise);
                return Node.Record("softmax", y, [y], (input, (g, s) =>
                {
                    var weighted = g * s[0];
                    return weighted - s[0] * weighted.sum(dim, keepdim: true);
                }));

                static unsafe void Normalise(float* x, float* y, int length)
                {
                    Exponentials(x, y, length);
                    var sum = Sum.Of(y, length);
                    for (var i = 0; i < length; i++)
                        y[i] /= sum;
                }
            }

            /// <summary>Logarithms of the probabilities along a dimension, without overflow.</summary>
            public static unsafe Tensor log_softmax(Tensor input, long dim)
            {
                var y = AlongLast("log_softmax", input, dim, Normalise);
                return Node.Record("log_softmax", y, [y], (input, (g, s) => g - s[0].exp() * g.sum(dim, keepdim: true)));

                static unsafe void Normalise(float* x, float* y, int length)
                {
                    var largest = Exponentials(x, y, length);
                    var logarithm = VectorMath.Log(Sum.Of(y, length));
                    for (var i = 0; i < length; i++)
                        y[i] = x[i] - largest - logarithm;
                }
            }

            private unsafe delegate void RowFunction(float* x, float* y, int length);

            private static unsafe Tensor AlongLast(string op, Tensor input, long dim, RowFunction function)
            {
                Tensor.RequireFloat(op, input);
                var d = Shape.Dimension(op, dim, (int)input.ndim);
                if (d < input.ndim - 1)
                {
                    using var _ = no_grad();
                    return AlongLast(op, input.transpose(d, -1), -1, function).transpose(d, -1);
                }
                var y = empty_like(input);
                var length = input.ndim == 0 ? 1 : (int)input.Sizes[^1];
                Threads.Ranges(input.Count / Math.Max(1, length), Math.Max(1, 2048 / Math.Max(1, length)), (first, last) =>
                {
                    for (var row = first; row < last; row++)
                        function(input.Floats + row * length, y.Floats + row * length, length);
                });
                return y;
            }

            /// <summary>y = exp(x - the largest x), which is returned.</summary>
            private static unsafe float Exponentials(float* x, float* y, int length)
            {
                var largest = float.NegativeInfinity;
                for (var i = 0; i < length; i++)
                    largest = x[i] > largest || float.IsNaN(x[i]) ? x[i] : largest;
                for (var i = 0; i < length; i++)
                    y[i] = VectorMath.Exp(x[i] - largest);
                return largest;
            }
        }
    }
}
