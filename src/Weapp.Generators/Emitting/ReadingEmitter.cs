using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes how a dispatcher reads contents: a format for each type, and a method for each object.</summary>
internal sealed class ReadingEmitter : ContentEmitter
{
    private const string Format = "global::Weapp.ContentFormat";
    private const string Members = "global::Weapp.ContentMembers";
    private const string Reader = "global::Weapp.ContentReader";
    private const string Readings = "global::Weapp.ContentReadings";

    // Contents of one type share a format.
    private readonly Dictionary<string, string> _formats = [];
    private readonly Dictionary<string, string> _members = [];
    private readonly List<ContentModel> _contents = [];

    public ReadingEmitter(HandlerModel handler, HashSet<string> names, SourceWriter writer)
        : base(names, writer)
    {
        foreach (var method in handler.Methods)
        {
            foreach (var argument in method.Arguments)
            {
                if (argument.Content is not { } content || _formats.ContainsKey(content.Shape.Type.FullName))
                    continue;
                _formats.Add(content.Shape.Type.FullName, NameMember(Code.Field(content.Shape.Type.Name)));
                _contents.Add(content);
                Add(content);
            }
        }

        NameAll("TryRead", _contents);
        foreach (var item in Objects)
            _members.Add(item.Type.FullName, NameMember(Code.Pascal(item.Type.Name) + "Members"));
    }

    protected override string CompositionType => "global::Weapp.ContentReading";

    /// <summary>Whether no content is read.</summary>
    public bool IsEmpty => _contents.Count == 0;

    /// <summary>The field that holds a type's format.</summary>
    public string FormatOf(TypeRef content) => _formats[content.FullName];

    public void WriteFields(string dispatcher)
    {
        if (IsEmpty)
            return;
        foreach (var item in Objects)
        {
            List<string> names = [];
            foreach (var member in item.Members)
                names.Add(Code.Literal(member.JsonName));
            Writer.Write($"private static readonly {Members} {_members[item.Type.FullName]} = new({string.Join(", ", names)});");
        }

        DeclareFields();
        foreach (var content in _contents)
            Writer.Write($"private readonly {Format}<{content.Shape.Type.FullName}> {FormatOf(content.Shape.Type)};");
        Writer.Line();
        Writer.Open($"public {dispatcher}({Code.JsonSerializerOptions} contentOptions)");
        FillFields();
        foreach (var content in _contents)
        {
            var reading = content.Shape.Kind == ContentKind.Serializer ? "" : ", " + Reading(content.Shape, content.Shape.Type.FullName);
            Writer.Write($"{FormatOf(content.Shape.Type)} = new(contentOptions{reading});");
        }

        Writer.Close();
        Writer.Line();
    }

    public void WriteMethods()
    {
        foreach (var item in Objects)
        {
            WriteReading(item);
            foreach (var member in item.Members)
            {
                if (member.Target == MemberTarget.Accessor)
                    WriteAccessor(item, member);
            }
        }
    }

    protected override string Composition(ContentShape shape, string type)
    {
        var item = Reading(shape.Item, shape.ItemType!);
        return shape.Kind switch
        {
            ContentKind.Nullable => $"{Readings}.Nullable<{shape.ItemType}>({item})",
            ContentKind.Sequence => $"{Readings}.Sequence<{type}, {shape.ItemType}>({item}, {shape.Detail})",
            _ => $"{Readings}.Map<{type}, {shape.ItemType}>({item}, static entries => entries)",
        };
    }

    /// <summary>What reads a value of a type, as a delegate.</summary>
    private string Reading(ContentShape shape, string type) => shape.Kind switch
    {
        ContentKind.Plain => $"{Readings}.Read",
        ContentKind.Value => $"{Values}.{shape.Detail}.TryRead",
        ContentKind.Object => MethodOf(shape),
        ContentKind.Enum or ContentKind.EnumName or ContentKind.Serializer => $"{FieldOf(shape)}.TryRead",
        _ => Composition(shape, type),
    };

    /// <summary>What reads a value into a local.</summary>
    private string Call(ContentShape shape, string local) => shape.Kind switch
    {
        ContentKind.Plain => $"reader.TryRead(out {local})",
        ContentKind.Value => $"reader.TryRead({Values}.{shape.Detail}, out {local})",
        ContentKind.Enum or ContentKind.EnumName or ContentKind.Serializer => $"reader.TryRead({FieldOf(shape)}, out {local})",
        ContentKind.Object => $"{MethodOf(shape)}(ref reader, out {local})",
        _ => $"{FieldOf(shape)}(ref reader, out {local})",
    };

    private void WriteReading(ContentObject item)
    {
        var type = item.Type.FullName;
        var locals = Locals(item);
        var isTracked = IsTracked(item);
        Writer.Line();
        Writer.Open($"private {(NeedsOptions(item) ? "" : "static ")}bool {MethodOf(item)}(ref {Reader} reader, out {type}{(item.IsStruct ? "" : "?")} content)");
        Writer.Write("content = default;");
        if (!item.IsStruct)
            Writer.Write("if (reader.TryReadNull())\n    return true;");
        Writer.Write("if (!reader.TryEnterObject())\n    return false;");
        for (var i = 0; i < item.Members.Count; i++)
            Writer.Write($"{TypeName(item.Members[i].Shape)} {locals[i]} = {item.Members[i].Default ?? "default"};");
        if (isTracked)
            Writer.Write("ulong seen = 0;");
        Writer.Write("var member = -1;");
        Writer.Open($"while (reader.NextMember({_members[type]}, ref member))");
        Writer.Open("var isRead = member switch");
        for (var i = 0; i < item.Members.Count; i++)
            Writer.Write($"{Code.Number(i)} => {Call(item.Members[i].Shape, locals[i])},");
        Writer.Write("_ => reader.TrySkip(),");
        Writer.Close(";");
        Writer.Write("if (!isRead)\n    return false;");
        if (isTracked)
            Writer.Write("seen |= 1UL << member;");
        Writer.Close();
        Writer.Line();
        Writer.Write($"if (!reader.IsWhole({Required(item)}))\n    return false;");
        WriteCreation(item, locals);
        Writer.Write("return true;");
        Writer.Close();
    }

    private void WriteCreation(ContentObject item, List<string> locals)
    {
        List<string> arguments = [];
        List<string> initializers = [];
        List<string> later = [];
        for (var i = 0; i < item.Members.Count; i++)
        {
            var member = item.Members[i];
            var value = member.Shape.IsReference ? locals[i] + "!" : locals[i];
            var property = Code.Identifier(member.Property);
            switch (member.Target)
            {
                case MemberTarget.Parameter:
                    arguments.Add(value);
                    break;
                case MemberTarget.Initializer:
                    initializers.Add($"{property} = {value}");
                    break;
                case MemberTarget.Setter:
                    later.Add($"if ((seen & {Mask(i)}) != 0)\n    content.{property} = {value};");
                    break;
                default:
                    later.Add($"if ((seen & {Mask(i)}) != 0)\n    {Accessor(item, member)}({(item.IsStruct ? "ref " : "")}content, {value});");
                    break;
            }
        }

        var initializer = initializers.Count > 0 ? $" {{ {string.Join(", ", initializers)} }}" : "";
        Writer.Write($"content = new {item.Type.FullName}({string.Join(", ", arguments)}){initializer};");
        foreach (var statement in later)
            Writer.Write(statement);
    }

    private void WriteAccessor(ContentObject item, ContentMember member)
    {
        const string Unsafe = "global::System.Runtime.CompilerServices.UnsafeAccessor";
        Writer.Line();
        Writer.Write(
            $"""
            [{Unsafe}({Unsafe}Kind.Method, Name = {Code.Literal("set_" + member.Property)})]
            private static extern void {Accessor(item, member)}({(item.IsStruct ? "ref " : "")}{member.DeclaringType} content, {TypeName(member.Shape)} value);
            """);
    }

    private string Accessor(ContentObject item, ContentMember member) => $"{MethodOf(item).Substring("TryRead".Length)}_Set{member.Property}";

    private static bool IsTracked(ContentObject item)
    {
        foreach (var member in item.Members)
        {
            if (member.IsRequired || member.Target is MemberTarget.Setter or MemberTarget.Accessor)
                return true;
        }

        return false;
    }

    private static string Required(ContentObject item)
    {
        ulong required = 0;
        for (var i = 0; i < item.Members.Count; i++)
        {
            if (item.Members[i].IsRequired)
                required |= 1UL << i;
        }

        return required == 0 ? "" : $"seen, {Code.Hex(required)}";
    }

    private static string Mask(int index) => Code.Hex(1UL << index);

    private static string TypeName(ContentShape shape) => shape.IsReference ? shape.Type.FullName + "?" : shape.Type.FullName;

    private List<string> Locals(ContentObject item)
    {
        var name = NameLocals("reader", "content", "member", "seen", "isRead");
        List<string> locals = [];
        foreach (var member in item.Members)
            locals.Add(name(member));
        return locals;
    }
}
