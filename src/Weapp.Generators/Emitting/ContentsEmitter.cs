using System.Text;
using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes how a dispatcher reads contents: a format for each type, and a method for each plain object.</summary>
internal sealed class ContentsEmitter
{
    private const string Format = "global::Weapp.ContentFormat";
    private const string Object = "global::Weapp.ContentObject";
    private const string Reader = "global::Weapp.ContentReader";

    private readonly SourceWriter _writer;

    // Contents of one type share a format, and objects of one type a method.
    private readonly Dictionary<string, string> _formats = [];
    private readonly Dictionary<string, string> _readings = [];
    private readonly List<ArgumentModel> _contents = [];
    private readonly List<PlainObject> _objects = [];

    public ContentsEmitter(HandlerModel handler, HashSet<string> names, SourceWriter writer)
    {
        _writer = writer;
        foreach (var method in handler.Methods)
        {
            foreach (var argument in method.Arguments)
            {
                if (argument is not { Kind: ArgumentKind.Content, Type: { } type } || _formats.ContainsKey(type.FullName))
                    continue;
                _formats.Add(type.FullName, Code.Unique(Code.Field(type.Name), names));
                _contents.Add(argument);
                foreach (var plain in argument.Objects)
                {
                    if (_readings.ContainsKey(plain.Type.FullName))
                        continue;
                    _readings.Add(plain.Type.FullName, Code.Unique("TryRead" + plain.Type.Name, names));
                    _objects.Add(plain);
                }
            }
        }
    }

    /// <summary>The field that holds a type's format.</summary>
    public string FormatOf(TypeRef content) => _formats[content.FullName];

    public void WriteFormats(string dispatcher)
    {
        foreach (var content in _contents)
            _writer.Write($"private readonly {Format}<{content.Type!.FullName}> {FormatOf(content.Type)};");
        if (_contents.Count > 0)
            _writer.Line();
        _writer.Open($"public {dispatcher}({Code.JsonSerializerOptions} contentOptions)");
        foreach (var content in _contents)
            WriteFormat(content);
        _writer.Close();
        _writer.Line();
    }

    public void WriteReadings()
    {
        foreach (var plain in _objects)
            WriteReading(plain);
    }

    private void WriteFormat(ArgumentModel content)
    {
        List<string> arguments = ["contentOptions"];
        if (content.Objects.Count > 0)
            arguments.Add(_readings[content.Type!.FullName]);
        foreach (var plain in content.Objects)
        {
            List<string> described = [$"typeof({plain.Type.FullName})"];
            foreach (var member in plain.Members)
                described.Add($"({Code.Literal(member.JsonName)}, typeof({member.TypeName}))");
            arguments.Add($"new {Object}({string.Join(", ", described)})");
        }

        _writer.Write($"{FormatOf(content.Type!)} = new(\n    {string.Join(",\n    ", arguments)});");
    }

    private void WriteReading(PlainObject plain)
    {
        var type = plain.Type.FullName;
        _writer.Line();
        _writer.Open($"private static bool {_readings[type]}(ref {Reader} reader, out {type}? content)");
        _writer.Write("content = null;\nvar seen = 0;");
        for (var i = 0; i < plain.Members.Count; i++)
            _writer.Write($"{Declaration(plain.Members[i])} {Local(i)} = default;");
        _writer.Write("if (!reader.TryEnterObject())\n    return false;");
        _writer.Open("while (reader.NextMember(out var name))");
        _writer.Open("switch (name.Length)");
        for (var i = 0; i < plain.Members.Count; i++)
            WriteMember(plain.Members[i], i);
        _writer.Write("default:\n    return false;");
        _writer.Close();
        _writer.Close();
        _writer.Line();
        _writer.Write($"if (seen != {Code.Number((1 << plain.Members.Count) - 1)})\n    return false;");
        _writer.Write($"content = {Creation(plain)};\nreturn true;");
        _writer.Close();
    }

    private void WriteMember(PlainMember member, int index)
    {
        var length = Code.Number(Encoding.UTF8.GetByteCount(member.JsonName));
        var bit = Code.Number(1 << index);
        var read = member.IsObject ? $"{_readings[member.TypeName]}(ref reader, out {Local(index)})" : $"reader.TryRead(out {Local(index)})";
        _writer.Write(
            $"""
            case {length} when (seen & {bit}) == 0
                && global::System.MemoryExtensions.SequenceEqual(name, {Code.Literal(member.JsonName)}u8)
                && {read}:
                seen |= {bit};
                break;
            """);
    }

    private static string Creation(PlainObject plain)
    {
        List<string> arguments = [];
        List<string> properties = [];
        for (var i = 0; i < plain.Members.Count; i++)
        {
            var member = plain.Members[i];
            if (member.Property is null)
                arguments.Add(Value(member, i));
            else
                properties.Add($"{Code.Identifier(member.Property)} = {Value(member, i)}");
        }

        var creation = $"new {plain.Type.FullName}({string.Join(", ", arguments)})";
        return properties.Count == 0 ? creation : $"{creation} {{ {string.Join(", ", properties)} }}";
    }

    private static string Local(int index) => "member" + Code.Number(index);

    private static string Declaration(PlainMember member) => IsReference(member) ? member.TypeName + "?" : member.TypeName;

    private static string Value(PlainMember member, int index) => IsReference(member) ? Local(index) + "!" : Local(index);

    private static bool IsReference(PlainMember member) => member.IsObject || member.TypeName == "string";
}
