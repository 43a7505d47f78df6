namespace Fgsm.Certified;

/// <summary>
/// A lower bound of some number q that is linear in a layer's values z: q >= sum of a[i] * z[i] + constant - error. It begins at a layer's
/// values and is carried back layer by layer to the pixels. Upper bounds are lower bounds of -q.
/// </summary>
/// <remarks>
/// <para>
/// Sound in floating point. Everything is computed in float64 with unit roundoff u = 2^-53, and <see cref="Unit"/> is 2u. Sums here have
/// fewer than 2^25 terms, so that gamma(n) = nu / (1 - nu) (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1)
/// is below (1 + 2^-27) * nu, and the factor 2 in <see cref="Unit"/> covers the second order and the rounding of the error terms
/// themselves, which are sums of numbers that are not negative.
/// </para>
/// <para>
/// The constant is a sum of k products, each rounded once, so it is off by at most gamma(k) times the sum of their absolute values,
/// whatever their order: <see cref="Constant"/> subtracts (k + 4) * <see cref="Unit"/> times that sum; the 4 is for its own subtractions.
/// What rounding of the coefficients may cost is added by each layer with <see cref="AddError"/>. Underflow loses at most 2^-1074 an
/// operation.
/// </para>
/// </remarks>
internal sealed class LinearBound(int largest)
{
    /// <summary>Twice the unit roundoff of float64.</summary>
    public const double Unit = 1.0 / (1L << 52);

    // More than 2^-1074 for every operation of any network, times any coefficient.
    private const double Underflow = 1e-100;

    private double[] current = new double[largest], other = new double[largest];
    private int before, size, after;
    private long terms;
    private double constant, magnitude, error;

    /// <summary>a, one for each value of the layer that the bound has come to.</summary>
    public Span<double> Coefficients => current.AsSpan(before, size);

    /// <summary>Begins anew, with a = 0, at a layer of so many values.</summary>
    public void Begin(int values)
    {
        (terms, constant, magnitude, error) = (0, 0, 0, 0);
        (before, size, after) = (0, values, 0);
        Coefficients.Clear();
    }

    /// <summary>Leaves out so many values at either end until <see cref="Leave"/>: they keep their coefficients.</summary>
    public void Enter(int before, int after)
    {
        this.before += before;
        this.after += after;
        size -= before + after;
    }

    /// <summary>Takes in again what <see cref="Enter"/> left out.</summary>
    public void Leave(int before, int after) => Enter(-before, -after);

    /// <summary>Moves to a layer of so many values, where a = 0 at first.</summary>
    /// <returns>The old coefficients, to read until the next move.</returns>
    public ReadOnlySpan<double> MoveTo(int values)
    {
        var old = Coefficients;
        current.AsSpan(0, before).CopyTo(other);
        current.AsSpan(before + size, after).CopyTo(other.AsSpan(before + values));
        (current, other, size) = (other, current, values);
        Coefficients.Clear();
        return old;
    }

    /// <summary>Adds a product of two numbers to the constant.</summary>
    public void Add(double product)
    {
        constant += product;
        magnitude += Math.Abs(product);
        terms++;
    }

    /// <summary>Weakens the bound by a number that is not negative.</summary>
    public void AddError(double loss) => error += loss;

    /// <summary>What is certain of the constant: all errors are taken off.</summary>
    public double Constant => constant - error - (terms + 4) * Unit * magnitude - Underflow;

    /// <summary>The least value that the bound takes in a box: a lower bound of q.</summary>
    public double Minimum(Box box)
    {
        var a = Coefficients;
        for (var i = 0; i < a.Length; i++)
            if (a[i] != 0)
                Add(a[i] * (a[i] > 0 ? box.Low[i] : box.High[i]));
        return Constant;
    }
}
