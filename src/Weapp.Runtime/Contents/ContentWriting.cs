using System.ComponentModel;
using System.Text.Json;

namespace Weapp;

/// <summary>Writes a value, for generated code.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="writer">Where to.</param>
/// <param name="value">The value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void ContentWriting<T>(Utf8JsonWriter writer, T? value);
