using System.ComponentModel;

namespace Weapp;

/// <summary>Reads a value, for generated code: false where it does not fit.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="reader">Where the value is next.</param>
/// <param name="value">What was read.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate bool ContentReading<T>(ref ContentReader reader, out T? value);
