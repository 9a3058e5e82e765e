using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>What reading and writing contents have in common: which objects get a method, and which values a field.</summary>
internal abstract class ContentEmitter
{
    protected const string Values = "global::Weapp.ContentValues";

    private readonly HashSet<string> _known = [];
    private readonly Dictionary<(ContentKind, string), string> _fieldNames = [];
    private readonly Dictionary<string, string> _methodNames = [];
    private readonly HashSet<string> _needOptions = [];
    private readonly List<(ContentShape Shape, string Name)> _fields = [];

    private readonly HashSet<string> _names;

    /// <summary>Makes one for a class.</summary>
    /// <param name="names">The names of the class's members, which grow by those of methods and fields for contents.</param>
    /// <param name="writer">Where to.</param>
    protected ContentEmitter(HashSet<string> names, SourceWriter writer)
    {
        _names = names;
        Writer = writer;
    }

    protected SourceWriter Writer { get; }

    /// <summary>The objects, each once.</summary>
    protected List<ContentObject> Objects { get; } = [];

    /// <summary>Takes a content's objects in; names are given when all are known.</summary>
    protected void Add(ContentModel content)
    {
        foreach (var item in content.Objects)
        {
            if (_known.Add(item.Type.FullName))
                Objects.Add(item);
        }
    }

    /// <summary>Names the methods of objects and the fields of what else their members are.</summary>
    protected void NameAll(string verb, IEnumerable<ContentModel> contents)
    {
        FindThoseThatNeedOptions();
        foreach (var item in Objects)
            _methodNames.Add(item.Type.FullName, NameMember(verb + item.Type.Name));
        foreach (var content in contents)
            NameValues(content.Shape);
        foreach (var item in Objects)
        {
            foreach (var member in item.Members)
            {
                // Fields are made in this order, and those of values are what compositions are made of.
                NameValues(member.Shape);
                if (member.Shape.Kind is ContentKind.Nullable or ContentKind.Sequence or ContentKind.Map)
                    NameField(member.Shape);
            }
        }
    }

    protected string NameMember(string name) => Code.Unique(name, _names);

    /// <summary>Names locals after members, one by one, so that they hide no member of the class, whose names may begin with anything.</summary>
    /// <param name="used">The other locals and parameters.</param>
    protected Func<ContentMember, string> NameLocals(params string[] used)
    {
        HashSet<string> taken = [.. _names, .. used];
        return member => Code.Identifier(Code.Unique(Code.Camel(member.Property), taken));
    }

    protected string MethodOf(ContentShape shape) => _methodNames[shape.Type.FullName];

    protected string MethodOf(ContentObject item) => _methodNames[item.Type.FullName];

    protected string FieldOf(ContentShape shape) => _fieldNames[(shape.Kind, shape.Type.FullName)];

    /// <summary>Whether it takes the app's options to read or write a shape.</summary>
    protected bool NeedsOptions(ContentShape shape) => shape.Kind switch
    {
        ContentKind.Serializer => true,
        ContentKind.Object => _needOptions.Contains(shape.Type.FullName),
        _ => shape.Items.Count > 0 && NeedsOptions(shape.Item),
    };

    protected bool NeedsOptions(ContentObject item) => _needOptions.Contains(item.Type.FullName);

    /// <summary>Declares the fields; those that need the options are filled by <see cref="FillFields"/>.</summary>
    protected bool DeclareFields()
    {
        foreach (var (shape, name) in _fields)
        {
            Writer.Write(NeedsOptions(shape)
                ? $"private readonly {FieldType(shape)} {name};"
                : $"private static readonly {FieldType(shape)} {name} =\n    {Creation(shape)};");
        }

        return _fields.Count > 0;
    }

    protected void FillFields()
    {
        foreach (var (shape, name) in _fields)
        {
            if (NeedsOptions(shape))
                Writer.Write($"{name} = {Creation(shape)};");
        }
    }

    /// <summary>What makes a nullable, a collection or a dictionary of a type.</summary>
    protected abstract string Composition(ContentShape shape, string type);

    /// <summary>The delegate's type of a composition.</summary>
    protected abstract string CompositionType { get; }

    private string Creation(ContentShape shape) => shape.Kind switch
    {
        ContentKind.Enum => $"{Values}.Enum<{shape.Type.FullName}>()",
        ContentKind.EnumName => $"{Values}.EnumName<{shape.Type.FullName}>()",
        ContentKind.Serializer => $"global::Weapp.ContentValue.Of<{shape.Type.FullName}>(contentOptions)",
        _ => Composition(shape, shape.Type.FullName),
    };

    private string FieldType(ContentShape shape) => shape.Kind is ContentKind.Nullable or ContentKind.Sequence or ContentKind.Map
        ? $"{CompositionType}<{shape.Type.FullName}>"
        : $"global::Weapp.ContentValue<{shape.Type.FullName}>";

    private void FindThoseThatNeedOptions()
    {
        // Objects contain each other in any way, so this goes on until nothing new is found.
        for (var isDone = false; !isDone;)
        {
            isDone = true;
            foreach (var item in Objects)
            {
                foreach (var member in item.Members)
                {
                    if (NeedsOptions(member.Shape))
                        isDone &= !_needOptions.Add(item.Type.FullName);
                }
            }
        }
    }

    private void NameValues(ContentShape shape)
    {
        if (shape.Kind is ContentKind.Enum or ContentKind.EnumName or ContentKind.Serializer)
            NameField(shape);
        foreach (var item in shape.Items)
            NameValues(item);
    }

    private void NameField(ContentShape shape)
    {
        var key = (shape.Kind, shape.Type.FullName);
        if (_fieldNames.ContainsKey(key))
            return;
        var name = shape.Type.Name;
        _fieldNames.Add(key, NameMember(NeedsOptions(shape) ? Code.Field(name) : Code.Pascal(name)));
        _fields.Add((shape, _fieldNames[key]));
    }
}
