namespace Fgsm.Results.Svg;

/// <summary>Colours that readers with any colour vision can tell apart.</summary>
internal static class Palette
{
    public readonly record struct Rgb(byte R, byte G, byte B)
    {
        public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

        /// <summary>Black or white, whichever is easier to read on this colour.</summary>
        public string Ink => 0.299 * R + 0.587 * G + 0.114 * B > 140 ? "#000000" : "#ffffff";
    }

    // Okabe and Ito, "Color Universal Design" (2008), without the yellow, which is too pale for a line on white.
    private static readonly string[] OkabeIto = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    private static readonly Rgb White = new(255, 255, 255), Blue = new(0, 114, 178), Orange = new(213, 94, 0), DeepBlue = new(0, 50, 92);

    public static string Series(int index) => OkabeIto[index % OkabeIto.Length];

    /// <summary>White at 0 through blue to a deep blue at 1.</summary>
    public static Rgb Sequential(double share) => share < 0.6 ? Mix(White, Blue, share / 0.6) : Mix(Blue, DeepBlue, (share - 0.6) / 0.4);

    /// <summary>Blue at -1, white at 0, orange at +1.</summary>
    public static Rgb Diverging(double share) => share < 0 ? Mix(White, Blue, -share) : Mix(White, Orange, share);

    private static Rgb Mix(Rgb from, Rgb to, double share)
    {
        if (double.IsNaN(share))
            return new Rgb(128, 128, 128);
        var t = Math.Clamp(share, 0, 1);
        byte Channel(byte a, byte b) => (byte)Math.Round(a + (b - a) * t);
        return new Rgb(Channel(from.R, to.R), Channel(from.G, to.G), Channel(from.B, to.B));
    }
}
