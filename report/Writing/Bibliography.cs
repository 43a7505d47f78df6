using System.Text.RegularExpressions;

namespace Fgsm.Report.Writing;

/// <summary>A source that the report cites.</summary>
/// <param name="Key">The name by which the text cites it.</param>
/// <param name="Authors">As they are printed: "Goodfellow, Shlens and Szegedy"; empty where the source names none.</param>
/// <param name="Title">Its title.</param>
/// <param name="Where">Where it appeared, and when.</param>
/// <param name="Url">Where it can be read; null where no address is known.</param>
internal sealed record Source(string Key, string Authors, string Title, string Where, string? Url)
{
    /// <summary>All of it but the address: authors, title, where.</summary>
    public string Text => string.Join(", ", new[] { Authors, $"\"{Title}\"", Where }.Where(part => part.Length > 0));
}

/// <summary>The sources, numbered in the order of the file bibliography.bib beside the templates; a small part of BibTeX's form.</summary>
internal sealed partial class Bibliography
{
    private Bibliography(string bibTex) => (BibTex, Sources) = (bibTex, [.. Entry().Matches(bibTex).Select(Read)]);

    /// <summary>The file as it is, for LaTeX.</summary>
    public string BibTex { get; }

    public IReadOnlyList<Source> Sources { get; }

    /// <summary>Reads the file; no sources where it is not there.</summary>
    public static Bibliography ReadFrom(string folder)
    {
        var file = Path.Combine(folder, "bibliography.bib");
        return new Bibliography(File.Exists(file) ? File.ReadAllText(file) : "");
    }

    /// <summary>The number by which the text cites a source.</summary>
    /// <exception cref="ReportException">There is no such source.</exception>
    public int NumberOf(string key) => Sources.Index().FirstOrDefault(source => source.Item.Key == key) is (var index, { } _)
        ? index + 1
        : throw new ReportException($"bibliography.bib has no source '{key}'; {NearNames.Say(key, Sources.Select(source => source.Key))}.");

    private static Source Read(Match entry)
    {
        var fields = Field().Matches(entry.Groups["fields"].Value).ToDictionary(
            field => field.Groups["name"].Value,
            field => field.Groups["value"].Value.Replace("{", "").Replace("}", "").Replace(@"\%", "%"));
        string Get(params string[] names) => names.Select(name => fields.GetValueOrDefault(name, "")).FirstOrDefault(value => value.Length > 0) ?? "";
        var authors = Get("author").Split(" and ");
        string[] where = [Get("journal", "booktitle", "howpublished"), Get("year")];
        return new Source(
            entry.Groups["key"].Value,
            authors.Length > 1 ? $"{string.Join(", ", authors[..^1])} and {authors[^1]}" : authors[0],
            Get("title"),
            string.Join(", ", where.Where(part => part.Length > 0)),
            fields.GetValueOrDefault("url"));
    }

    [GeneratedRegex(@"^@\w+\{(?<key>[^,\s]+),(?<fields>.*?)^\}", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Entry();

    // A value in braces, in which braces stand in pairs.
    [GeneratedRegex(@"(?<name>\w+)\s*=\s*\{(?<value>(?:[^{}]|\{[^{}]*\})*)\}")]
    private static partial Regex Field();
}
