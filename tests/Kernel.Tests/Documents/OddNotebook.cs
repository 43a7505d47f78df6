using System.Text;

namespace Fgsm.Kernel.Tests.Documents;

/// <summary>
/// A cell as FsCheck draws it: each part in one of the forms that programs write, or that none should; null is a part left out.
/// </summary>
public sealed record OddCell(byte Kind, byte Id, byte Metadata, byte Source, byte Outputs, byte Count, byte Attachments, string? Text)
{
    // The first ones are legal.
    private static readonly string[] Kinds = ["code", "code", "code", "code", "markdown", "markdown", "raw", "raw", "raw", "code", "heading"];

    private static readonly string?[] Ids = [null, "null", "5", "\"a\"", "\"a\"", "\"cell-2\"", "\"b c\"", "[\"d\"]", "\"\"", "\"\\ud83d\""];

    private static readonly string?[] MetadataForms =
    [
        "{}", "{}", null, "null", """{"tags": null}""", """{"tags": [null, "parameters", 1, ["x"]]}""", """{"tags": "parameters", "collapsed": false}""",
        """{"a": 1, "a": {"b": NaN, "c": [-Infinity, 1e999]}}""", """{"slideshow": {"slide_type": "skip"}, "\ud83d": "\udc00", "jupyter": {}}""",
        """{"big": 123456789012345678901234567890.5, "small": 1e-7, "text": "NaN \"Infinity\" \\ud83d"}""", "[]",
    ];

    private static readonly string?[] OutputForms =
    [
        "[]", "[]", null, "null", """[{"output_type": "stream", "name": "stdout", "text": "a\r\nb"}, {"output_type": "stream", "name": "stderr", "text": ["c\n", "d"]}]""",
        """[{"output_type": "execute_result", "execution_count": 1.0, "metadata": {}, "data": {"text/plain": "1", "application/json": {"x": 1, "x": NaN}}}]""",
        """[{"output_type": "display_data", "metadata": {"image/png": {"width": 1}}, "data": {"image/png": "iVBORw0KGgo=\n", "text/html": ["<b>", "</b>"]}}]""",
        """[{"output_type": "error", "ename": "E", "evalue": "\ud83d", "traceback": ["\u001b[0m"]}]""", """[{"output_type": "new", "text": 5}, {}]""",
        """[{"output_type": "display_data", "metadata": {}, "data": {}, "transient": {"display_id": "1"}}]""", "[null]", "{}",
    ];

    private static readonly string?[] Counts = [null, "null", "1", "1.0", "2.5", "\"3\"", "1e30", "-1", "[]"];

    private static readonly string?[] AttachmentForms = [null, null, """{"x.png": {"image/png": "AA=="}}""", "{}"];

    public CellKind Expected => Enum.Parse<CellKind>(KindText, ignoreCase: true);

    public string ExpectedSource => Source % 8 < 2 ? "" : string.Concat((Text ?? "").EnumerateRunes());

    public int? ExpectedCount => Expected != CellKind.Code ? null : (Count % Counts.Length) switch { 2 or 3 => 1, 7 => -1, _ => null };

    public bool IsLegal => KindText != "heading" && Metadata % MetadataForms.Length != MetadataForms.Length - 1
        && Source % 8 != 7 && (Expected != CellKind.Code || Outputs % OutputForms.Length < OutputForms.Length - 2);

    private string KindText => Kinds[Kind % Kinds.Length];

    public string Json => $$"""{"cell_type": "{{KindText}}"{{Member("id", Ids, Id)}}{{Member("metadata", MetadataForms, Metadata)}}"""
        + Member("source", [null, "null", Quoted, Quoted, Lines, Lines, $"\"\", \"source\": {Quoted}", "5"], Source)
        + (KindText != "code" ? Member("attachments", AttachmentForms, Attachments)
            : Member("outputs", OutputForms, Outputs) + Member("execution_count", Counts, Count))
        + "}";

    private string Quoted => $"\"{string.Concat((Text ?? "").Select(c => $"\\u{(int)c:X4}"))}\"";

    /// <summary>The text cut in two, not within a pair.</summary>
    private string Lines => Text is [var first, ..] && !char.IsSurrogate(first)
        ? $"[\"\\u{(int)first:x4}\", {(this with { Text = Text[1..] }).Quoted}]"
        : $"[{Quoted}]";

    private static string Member(string name, string?[] forms, byte form) => forms[form % forms.Length] is { } value ? $", \"{name}\": {value}" : "";
}

/// <summary>A notebook file as FsCheck draws it.</summary>
public sealed record OddNotebook(byte Format, byte Minor, byte Metadata, byte Extra, byte Form, byte Cut, OddCell[] Drawn)
{
    private static readonly string?[] Formats = ["4", "4", "4", "4", "4", "4", "4", "4.0", "4.0", "4", "3", "5", "\"4\"", null];

    private static readonly string?[] MetadataForms =
        ["{}", "{}", "{}", null, """{"kernelspec": {"name": ".net-csharp", "display_name": ".NET (C#)"}, "authors": [{}]}""", "null", """{"x": NaN, "x": "last"}""", "\"\""];

    private static readonly string[] Extras = ["", "", """, "new": {"deep": [[[[]]]]}""", """, "metadata": {"twice": true}"""];

    /// <summary>Few, so that often all of them are legal.</summary>
    public IReadOnlyList<OddCell> Cells => Drawn[..Math.Min(Drawn.Length, 2)];

    private bool IsCut => Form % 24 == 0;

    /// <summary>The second of two "metadata" counts.</summary>
    private bool HasMetadata => Extra % Extras.Length == 3 || Metadata % MetadataForms.Length != MetadataForms.Length - 1;

    public bool IsLegal => !IsCut && Form % 24 != 1 && Format % Formats.Length < 10 && HasMetadata && Cells.All(cell => cell.IsLegal);

    public byte[] File
    {
        get
        {
            var format = Formats[Format % Formats.Length] is { } value ? $"\"nbformat\": {value}, " : "";
            var metadata = MetadataForms[Metadata % MetadataForms.Length] is { } form ? $", \"metadata\": {form}" : "";
            var cells = string.Join(", ", Cells.Select(cell => cell.Json));
            var text = $$"""{{{format}}"nbformat_minor": {{(char)('0' + Minor % 7)}}{{metadata}}{{Extras[Extra % Extras.Length]}}, "cells": [{{cells}}]}""";
            return (Form % 24) switch
            {
                0 => Encoding.UTF8.GetBytes(text[..(Cut % text.Length)]),
                1 => [.. Encoding.UTF8.GetBytes(text), (byte)'x'],
                2 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
                3 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
                4 => Encoding.UTF8.GetBytes(text.Replace(", \"", ",\r\n\t\"", StringComparison.Ordinal) + "\r\n"),
                _ => Encoding.UTF8.GetBytes(text),
            };
        }
    }
}
