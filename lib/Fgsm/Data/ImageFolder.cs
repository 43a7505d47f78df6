using System.Globalization;

namespace Fgsm.Data;

/// <summary>
/// A folder of image files in ImageNet's layout, which is torchvision's <c>ImageFolder</c>: <c>train/CLASS/*.JPEG</c> and
/// <c>val/CLASS/*.JPEG</c>, or all files in <c>val/</c> with a list beside it, <c>val.txt</c>: a file and its class or the class's
/// number in each line. JPEG and PNG.
/// The classes are the lines of <c>classes.txt</c> (folder, name) in this order; without it the folders of <c>train/</c>, sorted.
/// </summary>
public static class ImageFolder
{
    private static readonly string[] Endings = [".jpeg", ".jpg", ".png"];

    /// <summary>
    /// Finds the images and their classes; they are decoded later, when their pixels are asked for. A set begins with an image of each
    /// class, then comes the second of each, so that the first images of a set are of all classes.
    /// </summary>
    /// <param name="folder">The folder that has <c>train/</c> and <c>val/</c>.</param>
    /// <param name="name">What tables call it.</param>
    /// <param name="resize">The shorter side after resizing, by PIL's bilinear filter with antialias, as torchvision's <c>Resize</c>.</param>
    /// <param name="crop">The side of the square in the middle that is kept, as torchvision's <c>CenterCrop</c>.</param>
    /// <exception cref="DataException">A folder has no images, or the list of classes does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The square is empty, or larger than the resized image.</exception>
    public static DataSet Load(string folder, string name, int resize = 256, int crop = 224)
    {
        if (crop < 1 || crop > resize)
            throw new ArgumentOutOfRangeException(nameof(crop), $"ImageFolder: crop must be from 1 to resize, {resize}, got {crop}");
        var (train, val) = (Path.Combine(folder, "train"), Path.Combine(folder, "val"));
        var classes = Classes(folder, train);
        var numbers = classes.Index().ToDictionary(c => c.Item.Folder, c => c.Index);
        ImageSet Set(List<(string Path, int Class)> images) => new(
            name, new ImageFiles([.. images.Select(i => i.Path)], resize, crop), [.. images.Select(i => i.Class)], [.. classes.Select(c => c.Name)]);
        return new DataSet(Set(InFolders(train, numbers)), Set(File.Exists(val + ".txt") ? Listed(val, classes, numbers) : InFolders(val, numbers)));
    }

    private static (string Folder, string Name)[] Classes(string folder, string train)
    {
        var file = Path.Combine(folder, "classes.txt");
        if (!File.Exists(file))
            return [.. Folders(train).Select(path => (Path.GetFileName(path), Path.GetFileName(path)))];
        var classes = Lines(file).Select(line => (Folder: line.First, Name: line.Second.Replace('_', ' '))).ToArray();
        if (classes.GroupBy(c => c.Folder).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataException($"{file}: {twice.Key} is there {twice.Count()} times; leave one.");
        return classes;
    }

    private static List<(string Path, int Class)> InFolders(string folder, Dictionary<string, int> numbers)
    {
        var images = new List<(string Path, int Class, int Place)>();
        foreach (var path in Folders(folder))
        {
            if (!numbers.TryGetValue(Path.GetFileName(path), out var number))
                throw new DataException($"{path}: classes.txt (or train/) has no such class; add it there, or remove the folder.");
            var files = Directory.GetFiles(path).Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).ToArray();
            if (files.Length == 0)
                throw new DataException(
                    $"{path}: it has no images ({string.Join(", ", Endings)}); put those of the class there, or remove the folder.");
            images.AddRange(files.Order(StringComparer.Ordinal).Select((file, place) => (file, number, place)));
        }
        return [.. images.OrderBy(image => image.Place).ThenBy(image => image.Class).Select(image => (image.Path, image.Class))];
    }

    private static string[] Folders(string folder) =>
        Directory.Exists(folder) && Directory.GetDirectories(folder) is { Length: > 0 } folders ? [.. folders.Order(StringComparer.Ordinal)]
        : throw new DataException($"{folder}: it has no folders of images; put those of each class into a folder of its own there.");

    private static List<(string Path, int Class)> Listed(string folder, (string Folder, string Name)[] classes, Dictionary<string, int> numbers)
    {
        var list = folder + ".txt";
        return [.. Lines(list).Select(line =>
        {
            var path = Path.Combine(folder, line.First);
            if (!File.Exists(path))
                throw new DataException($"{list}: line {line.Number} names {line.First}, which is not in {folder}; add it, or remove the line.");
            if (numbers.TryGetValue(line.Second, out var number)
                || (int.TryParse(line.Second, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < classes.Length))
                return (path, number);
            throw new DataException(
                $"{list}: line {line.Number} names the class '{line.Second}', which is none of the {classes.Length} classes nor a number below that.");
        })];
    }

    /// <summary>The lines of a list that are not empty, each cut in two at its first white space.</summary>
    private static List<(int Number, string First, string Second)> Lines(string file)
    {
        string[] text;
        try
        {
            text = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: cannot be read ({e.Message.TrimEnd('.')}); check the file's permissions.", e);
        }
        List<(int, string, string)> lines = [.. text.Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)).Select(line =>
            line.Item.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, var second]
                ? (line.Index + 1, first, second)
                : throw new DataException($"{file}: line {line.Index + 1} has one word, '{line.Item.Trim()}'; expected two."))];
        return lines.Count > 0 ? lines : throw new DataException($"{file}: it is empty; write a line for each of its entries, or remove it.");
    }
}
