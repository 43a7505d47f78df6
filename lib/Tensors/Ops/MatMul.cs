namespace Fgsm.Tensors;

public static partial class torch
{
    public static Tensor matmul(Tensor input, Tensor other) => input.matmul(other);
    public static Tensor mm(Tensor input, Tensor other) => input.mm(other);
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>y = x W^T + b: x <c>[..., in]</c>, W <c>[out, in]</c>, b <c>[out]</c>, y <c>[..., out]</c>.</summary>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null)
            {
                Tensor.RequireFloat("linear", input);
                if (weight.ndim != 2 || input.ndim < 1 || input.Sizes[^1] != weight.Sizes[1]
                    || (bias is not null && (bias.ndim != 1 || bias.Sizes[0] != weight.Sizes[0])))
                    throw new ArgumentException(
                        $"linear: input {Shape.Text(input.Sizes)}, weight {Shape.Text(weight.Sizes)}"
                        + $"{(bias is null ? "" : $", bias {Shape.Text(bias.Sizes)}")}; "
                        + $"expected [..., in], [out, in]{(bias is null ? "" : ", [out]")}");
                long[] shape = [.. input.Sizes[..^1], weight.Sizes[0]];
                var x = input.reshape(-1, weight.Sizes[1]);
                var y = Tensor.ProductWithTransposed(x, weight);
                if (bias is not null)
                    y.AddToRows(bias);
                var edges = new List<(Tensor, Gradient)>
                {
                    (x, (g, s) => Tensor.Product(g, s[1])),
                    (weight, (g, s) => Tensor.Product(g, s[0], transposeA: true)),
                };
                if (bias is not null)
                    edges.Add((bias, (g, _) => g.sum(0)));
                return Node.Record("linear", y, [x, weight], [.. edges]).reshape(shape);
            }
        }
    }

    public partial class Tensor
    {
        /// <summary>The product of two matrices: <c>[m, k]</c> by <c>[k, n]</c>.</summary>
        public Tensor mm(Tensor mat2)
        {
            if (sizes.Length != 2 || mat2.sizes.Length != 2)
                throw new ArgumentException($"mm: expected two matrices, got shapes {Shape.Text(sizes)} and {Shape.Text(mat2.sizes)}");
            return matmul(mat2);
        }

        /// <summary>The products of two batches of matrices: <c>[b, m, k]</c> by <c>[b, k, n]</c>.</summary>
        public Tensor bmm(Tensor batch2)
        {
            if (sizes.Length != 3 || batch2.sizes.Length != 3 || sizes[0] != batch2.sizes[0])
                throw new ArgumentException(
                    $"bmm: expected two batches of as many matrices, got shapes {Shape.Text(sizes)} and {Shape.Text(batch2.sizes)}");
            return matmul(batch2);
        }

        /// <summary>PyTorch's matrix product: vectors, matrices, and batches of matrices whose leading dimensions broadcast.</summary>
        /// <remarks>
        /// Where most of the left factor is zero, 0 times an infinity or NaN counts as 0, not as NaN as in PyTorch: see <see
        /// cref="SparseGemm"/>.
        /// </remarks>
        public Tensor matmul(Tensor other)
        {
            RequireFloat("matmul", this);
            RequireFloat("matmul", other);
            if (sizes.Length == 0 || other.sizes.Length == 0)
                throw new ArgumentException(
                    $"matmul: expected at least one dimension each, got shapes {Shape.Text(sizes)} and {Shape.Text(other.sizes)}");
            if (sizes.Length == 1)
                return unsqueeze(0).matmul(other).squeeze(other.sizes.Length == 1 ? 0 : -2);
            if (other.sizes.Length == 1)
                return matmul(other.unsqueeze(1)).squeeze(-1);
            if (sizes[^1] != other.sizes[^2])
                throw new ArgumentException(
                    $"matmul: shapes {Shape.Text(sizes)} and {Shape.Text(other.sizes)} do not fit: "
                    + $"{sizes[^1]} columns against {other.sizes[^2]} rows");
            if (sizes.Length == 2 && other.sizes.Length == 2)
                return Node.Record("matmul", Product(this, other), [this, other],
                    (this, (g, s) => Product(g, s[1], transposeB: true)), (other, (g, s) => Product(s[0], g, transposeA: true)));

            var batch = Shape.Broadcast("matmul", sizes.AsSpan(..^2), other.sizes.AsSpan(..^2));
            var a = expand([.. batch, .. sizes[^2..]]).reshape(-1, sizes[^2], sizes[^1]);
            var b = other.expand([.. batch, .. other.sizes[^2..]]).reshape(-1, other.sizes[^2], other.sizes[^1]);
            var products = Enumerable.Range(0, (int)a.sizes[0]).Select(i => a.select(0, i).matmul(b.select(0, i))).ToList();
            return stack(products).reshape([.. batch, sizes[^2], other.sizes[^1]]);
        }

        internal static unsafe Tensor Product(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
        {
            var (m, k) = transposeA ? (a.sizes[1], a.sizes[0]) : (a.sizes[0], a.sizes[1]);
            var n = transposeB ? b.sizes[0] : b.sizes[1];
            var y = Empty("matmul", [m, n]);
            var (left, right) = (new Matrix(a.Floats, (int)a.sizes[1], 1), new Matrix(b.Floats, (int)b.sizes[1], 1));
            Gemm.Multiply((int)m, (int)n, (int)k, transposeA ? left.T : left, transposeB ? right.T : right,
                new Matrix(y.Floats, (int)n, 1));
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            return y;
        }

        // From so many rows on, transposing takes little beside the product.
        private const int FewRows = 64;

        /// <summary>x W^T, where W is a weight: transposed once while it does not change, where x has few rows.</summary>
        internal static unsafe Tensor ProductWithTransposed(Tensor x, Tensor weight)
        {
            var (m, k, n) = ((int)x.sizes[0], (int)x.sizes[1], (int)weight.sizes[0]);
            var kept = m > FewRows ? null : KeptForms.Find(
                weight, new("transposed", weight.offset, n, k), n * k, target => Gemm.Transpose(n, k, weight.Floats, (float*)target));
            if (kept is null)
                return Product(x, weight, transposeB: true);
            var y = Empty("matmul", [m, n]);
            Gemm.MultiplyDense(m, n, k, new Matrix(x.Floats, k, 1), new Matrix(kept, n, 1), new Matrix(y.Floats, n, 1));
            GC.KeepAlive(x);
            GC.KeepAlive(weight);
            return y;
        }

        internal unsafe void AddToRows(Tensor bias)
        {
            var width = bias.Count;
            Threads.Ranges(Count / width, Math.Max(1, Elementwise.Grain / width), (first, last) =>
            {
                for (var row = first; row < last; row++)
                    Elementwise.Add(Floats + row * width, bias.Floats, width);
            });
        }
    }
}
