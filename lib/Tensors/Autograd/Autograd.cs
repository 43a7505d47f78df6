namespace Fgsm.Tensors;

public static partial class torch
{
    /// <summary>No gradient graph is recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => GradMode.Set(false);

    /// <summary>Gradients are recorded again inside a <see cref="no_grad"/> block.</summary>
    public static IDisposable enable_grad(bool enabled = true) => GradMode.Set(enabled);

    public static bool is_grad_enabled() => GradMode.Enabled;

    public static partial class autograd
    {
        /// <summary>
        /// The gradients of <paramref name="outputs"/> with respect to <paramref name="inputs"/>, and of nothing else: an attack's
        /// gradient computes no weight gradient. Nothing is added to any <c>.grad</c>.
        /// </summary>
        /// <param name="outputs">Values to differentiate.</param>
        /// <param name="inputs">Tensors that require a gradient and that the outputs depend on.</param>
        /// <param name="grad_outputs">Upstream gradients, one an output; may be left out for outputs with one element.</param>
        /// <param name="retain_graph">Keep the graph for another call.</param>
        /// <param name="create_graph">Not supported: second derivatives.</param>
        /// <param name="allow_unused">Give null, instead of throwing, for an input that no output depends on.</param>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var wanted = inputs.Select(x => x.node ?? throw new InvalidOperationException(
                $"autograd.grad: an input of shape {Shape.Text(x.Sizes)} does not require a gradient")).ToList();
            var gradients = Run("autograd.grad", outputs, grad_outputs, [.. wanted], retain_graph, create_graph);
            return wanted.Select((node, i) => gradients.TryGetValue(node, out var gradient) ? gradient
                : allow_unused ? null!
                : throw new InvalidOperationException(
                    $"autograd.grad: input {i} of shape {Shape.Text(node.Shape)} was not used to compute the outputs; "
                    + "pass allow_unused: true to get null for it")).ToList();
        }

        /// <summary>
        /// Adds the gradients of <paramref name="tensors"/> to <c>.grad</c> of every leaf, or of <paramref name="inputs"/> only.
        /// </summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var wanted = inputs?
                .Select(x => x.node ?? throw new InvalidOperationException("backward: an input does not require a gradient")).ToHashSet()
                ?? Node.Ancestors(tensors.Select(t => t.node).OfType<Node>()).Where(n => n.IsLeaf).ToHashSet();
            foreach (var (node, gradient) in Run("backward", tensors, grad_tensors, wanted, retain_graph ?? false, create_graph))
            {
                if (node.Grad is null)
                {
                    // The gradient of an op may be the upstream tensor itself; .grad must be the leaf's own.
                    node.Grad = (gradient.IsShared ? gradient.clone() : gradient).DetachFromDisposeScope();
                }
                else
                {
                    node.Grad.add_(gradient);
                    gradient.Dispose();
                }
            }
        }

        private static Dictionary<Node, Tensor> Run(
            string op, IList<Tensor> outputs, IList<Tensor>? upstream, HashSet<Node> wanted, bool retain, bool create_graph)
        {
            if (create_graph)
                throw new NotSupportedException($"{op}: create_graph: true (second derivatives) is not supported by the embedded engine; "
                    + "TorchSharp has them");
            using var _ = no_grad();
            var pending = new Dictionary<Node, Tensor>();
            for (var i = 0; i < outputs.Count; i++)
            {
                var node = outputs[i].node ?? throw new InvalidOperationException(
                    $"{op}: output {i} of shape {Shape.Text(outputs[i].Sizes)} does not require a gradient");
                Accumulate(pending, node, Upstream(op, outputs[i], upstream?[i]));
            }

            var order = Node.Ancestors(pending.Keys);
            var onPath = new HashSet<Node>(wanted);
            for (var i = order.Count - 1; i >= 0; i--)
                if (order[i].DependsOnAny(onPath))
                    onPath.Add(order[i]);

            var results = new Dictionary<Node, Tensor>();
            foreach (var node in order)
            {
                if (!pending.Remove(node, out var gradient))
                    continue;
                using (NewDisposeScope())
                    node.Backward(gradient, onPath, (input, g) => Accumulate(pending, input, g));
                // At once: what an op has kept is as much memory as the gradients that are still to come need.
                if (!retain)
                    node.Release();
                if (wanted.Contains(node))
                    results[node] = DisposeScope.Current?.Attach(gradient) ?? gradient;
                else
                    gradient.Dispose();
            }
            if (!retain)
                order.ForEach(n => n.Release());
            return results;
        }

        private static void Accumulate(Dictionary<Node, Tensor> pending, Node node, Tensor gradient)
        {
            var sum = pending.TryGetValue(node, out var present) ? present + gradient : gradient;
            present?.Dispose();
            pending[node] = sum.DetachFromDisposeScope();
        }

        private static Tensor Upstream(string op, Tensor output, Tensor? given)
        {
            if (given is null)
            {
                if (output.NumberOfElements != 1)
                    throw new InvalidOperationException(
                        $"{op}: an output of shape {Shape.Text(output.Sizes)} needs an upstream gradient; "
                        + "it can be left out only for one element");
                return ones_like(output);
            }
            if (!given.Sizes.SequenceEqual(output.Sizes))
                throw new ArgumentException(
                    $"{op}: the upstream gradient has shape {Shape.Text(given.Sizes)}, its output {Shape.Text(output.Sizes)}");
            return given.alias();
        }
    }

    public partial class Tensor
    {
        /// <summary>Whether gradients with respect to this tensor are recorded. Only float32 tensors can require one.</summary>
        public bool requires_grad
        {
            get => node is not null;
            set
            {
                if (value == requires_grad)
                    return;
                if (value && dtype != ScalarType.Float32)
                    throw new InvalidOperationException(
                        $"requires_grad: only float32 tensors can require gradients, this one holds {dtype.Name()}");
                if (!value && !is_leaf)
                    throw new InvalidOperationException("requires_grad: only a leaf's flag can be changed; use detach()");
                node = value ? Node.Leaf(this) : null;
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public bool is_leaf => node is null or { IsLeaf: true };

        /// <summary>The gradient that <see cref="backward()"/> accumulated; null before.</summary>
        public Tensor? grad
        {
            get => node?.Grad;
            set
            {
                if (node is not null)
                    node.Grad = value;
                else if (value is not null)
                    throw new InvalidOperationException("grad: the tensor does not require a gradient");
            }
        }

        /// <summary>Adds the gradient of this one-element tensor to <see cref="grad"/> of every leaf.</summary>
        public void backward() => autograd.backward([this]);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>The same memory without a gradient graph.</summary>
        public Tensor detach() => View(0, sizes);

        /// <summary>The same memory, not in a graph and under its own lifetime.</summary>
        internal Tensor alias() => View(0, sizes);
    }
}
