namespace Fgsm.Models;

/// <summary>
/// Residual addition: body(x) + x, or body(x) + shortcut(x) where the body changes the shape.
/// He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, https://arxiv.org/abs/1512.03385, equations 1 and 2.
/// </summary>
/// <example><c>nn.Sequential(nn.Conv2d(1, 8, 3, padding: 1), new Residual(nn.Conv2d(8, 8, 3, padding: 1)), nn.ReLU(), …)</c></example>
public sealed class Residual : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> body;
    private readonly nn.Module<Tensor, Tensor>? shortcut;

    /// <param name="body">What is added; its output has the shape of the shortcut's.</param>
    /// <param name="shortcut">Null for x itself.</param>
    public Residual(nn.Module<Tensor, Tensor> body, nn.Module<Tensor, Tensor>? shortcut = null) : base("Residual")
    {
        (this.body, this.shortcut) = (body, shortcut);
        RegisterComponents();
    }

    internal nn.Module<Tensor, Tensor> Body => body;

    internal nn.Module<Tensor, Tensor>? Shortcut => shortcut;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (body.call(input) + (shortcut?.call(input) ?? input)).MoveToOuterDisposeScope();
    }
}
