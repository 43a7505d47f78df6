using System.Text.RegularExpressions;

namespace Fgsm.Results;

/// <summary>A number as a report prints it, and the range of numbers for which it may stand.</summary>
/// <param name="Text">As printed: "98.68", "about 85 %", "below 5 %", "10 to 15 %".</param>
/// <param name="Value">The number; the middle of a range.</param>
/// <param name="Range">
/// All that rounds to the number. "about" before a number that ends in 0 or 5 means rounded to the nearest 5, before others to the
/// last digit; "below" means from 0 on.
/// </param>
public sealed partial record PublishedValue(string Text, double Value, Interval Range)
{
    /// <summary>Reads a printed number; null for any other text.</summary>
    public static PublishedValue? Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var (first, second, word) = (match.Groups["first"].Value, match.Groups["second"].Value, match.Groups["word"].Value.Trim());
        var value = double.Parse(first, CultureInfo.InvariantCulture);
        if (second.Length > 0)
        {
            var end = double.Parse(second, CultureInfo.InvariantCulture);
            return new PublishedValue(text, (value + end) / 2, new Interval(value, end));
        }
        if (word == "below")
            return new PublishedValue(text, value, new Interval(0, value));
        var half = word is "about" or "~" && value % 5 == 0 ? 2.5 : Math.Pow(10, -Decimals(first)) / 2;
        return new PublishedValue(text, value, new Interval(value - half, value + half));
    }

    private static int Decimals(string number) => number.Contains('.') ? number.Length - number.IndexOf('.') - 1 : 0;

    [GeneratedRegex("^(?<word>about |~|below )?(?<first>[-+]?[0-9]+(\\.[0-9]+)?)((-| to )(?<second>[0-9]+(\\.[0-9]+)?))?( %)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
