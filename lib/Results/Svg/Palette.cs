namespace Fgsm.Results.Svg;

/// <summary>Colours that readers with any colour vision can tell apart.</summary>
internal static class Palette
{
    public readonly record struct Rgb(byte R, byte G, byte B)
    {
        public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

        /// <summary>Black or white, whichever contrasts more with this colour: 4.5 to 1 or more on any.</summary>
        public string Ink => Luminance > 0.179 ? "#000000" : "#ffffff";

        // Relative luminance, from 0 to 1: WCAG 2.2.
        private double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

        private static double Linear(byte channel) => channel / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }

    // Okabe and Ito, "Color Universal Design" (2008), without the yellow, too pale for a line on white, and with grey for black, which a dark page hides.
    private static readonly string[] OkabeIto = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#767676"];

    private static readonly Rgb White = new(255, 255, 255), Blue = new(0, 114, 178), Orange = new(213, 94, 0);

    public static string Series(int index) => OkabeIto[index % OkabeIto.Length];

    /// <summary>Blue at -1, white at 0, orange at +1.</summary>
    public static Rgb Diverging(double share) => Mix(White, End(share), Math.Abs(share));

    /// <summary>The same on white paper, as a colour of CSS that lets paper of another colour shine through.</summary>
    public static string DivergingOnPaper(double share)
    {
        var (r, g, b) = End(share);
        return string.Create(CultureInfo.InvariantCulture, $"rgba({r},{g},{b},{Math.Abs(share):0.###})");
    }

    private static Rgb End(double share) => share <= 0 ? Blue : Orange;

    private static Rgb Mix(Rgb from, Rgb to, double share)
    {
        if (double.IsNaN(share))
            return new Rgb(128, 128, 128);
        var t = Math.Clamp(share, 0, 1);
        byte Channel(byte a, byte b) => (byte)Math.Round(a + (b - a) * t);
        return new Rgb(Channel(from.R, to.R), Channel(from.G, to.G), Channel(from.B, to.B));
    }
}
