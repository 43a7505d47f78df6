namespace Fgsm.Certified;

/// <summary>A case of branch and bound: a value that goes into a ReLU is not negative, or it is not positive.</summary>
internal readonly record struct Split(int Layer, int Value, bool Positive);
