using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;

namespace Weapp.SessionServer.Sessions;

/// <summary>Encrypts each <c>session_key</c> for the store, under data protection keys that outlive the process.</summary>
internal sealed class SessionKeyVault
{
    private readonly IDataProtector _protector;
    private readonly string? _folder;
    private readonly ILogger<SessionKeyVault> _logger;

    public SessionKeyVault(IServiceProvider services, IOptions<SessionServerOptions> options, ILogger<SessionKeyVault> logger)
    {
        _logger = logger;
        // What an app was told about its own keys holds for ours as well, so that its keys stay in one place.
        var isApps = options.Value.KeyFolder is null && services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository is not null;
        var provider = isApps ? services.GetRequiredService<IDataProtectionProvider>() : CreateProvider(services, options.Value);
        _folder = isApps ? null : Folder(options.Value);
        _protector = provider.CreateProtector("Weapp.SessionServer.SessionKey.v1");
    }

    /// <summary>Loads the data protection keys, or makes the first: at start, since it blocks a thread and may fail.</summary>
    /// <exception cref="SessionStoreException">The keys can be neither read nor written.</exception>
    public void Open()
    {
        try
        {
            // The keys in it are not encrypted themselves.
            if (_folder is not null && !OperatingSystem.IsWindows())
                Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutOfReach(e);
        }

        Protect([]);
    }

    /// <exception cref="SessionStoreException">The data protection keys are out of reach.</exception>
    public byte[] Protect(byte[] key)
    {
        try
        {
            return _protector.Protect(key);
        }
        catch (CryptographicException e)
        {
            throw OutOfReach(e);
        }
    }

    /// <summary>The <c>session_key</c>; null for one whose data protection key is gone, and for none.</summary>
    public byte[]? Unprotect(byte[]? protectedKey)
    {
        if (protectedKey is null)
            return null;
        try
        {
            return _protector.Unprotect(protectedKey);
        }
        catch (CryptographicException)
        {
            _logger.SessionKeyUnreadable();
            return null;
        }
    }

    private static SessionStoreException OutOfReach(Exception e) => new("The keys that encrypt each session_key are out of reach.", e);

    private static IDataProtectionProvider CreateProvider(IServiceProvider services, SessionServerOptions options)
    {
        if (Folder(options) is { } folder)
            return DataProtectionProvider.Create(new DirectoryInfo(folder), static builder => builder.SetApplicationName(nameof(SessionServer)));
        if (options.Store != SessionStoreKind.Redis)
            return new EphemeralDataProtectionProvider();
        var own = new ServiceCollection();
        own.AddDataProtection()
            .SetApplicationName(nameof(SessionServer))
            .AddKeyManagementOptions(keys => keys.XmlRepository = new RedisKeys(services.GetRequiredService<RedisConnection>()));
        return own.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }

    /// <summary>The folder of the keys; null where they are somewhere else.</summary>
    private static string? Folder(SessionServerOptions options)
    {
        if (options.KeyFolder is not null || options.Store != SessionStoreKind.Sqlite)
            return options.KeyFolder;
        var database = new SqliteConnectionStringBuilder(options.ConnectionString);
        return SqliteSchema.IsInMemory(database) ? null : Path.GetFullPath(database.DataSource) + "-keys";
    }

    /// <summary>Data protection keys in a Redis list, for all session servers on that Redis.</summary>
    private sealed class RedisKeys(RedisConnection connection) : IXmlRepository
    {
        private const string Key = $"{RedisConnection.Prefix}keys";

        public IReadOnlyCollection<XElement> GetAllElements() =>
            [.. connection.Database().ListRange(Key).Select(static element => XElement.Parse(element.ToString()))];

        public void StoreElement(XElement element, string friendlyName) =>
            connection.Database().ListRightPush(Key, element.ToString(SaveOptions.DisableFormatting));
    }
}
