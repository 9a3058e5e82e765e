# The tunnel server and the session server: docs/deployment.md
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY .editorconfig BannedSymbols.txt Directory.Build.props Directory.Packages.props global.json ./
COPY src ./src
RUN dotnet publish src/Weapp.Server --configuration Release --output /app -p:RunAnalyzers=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# Session databases and their keys; nothing else is written.
RUN mkdir /data && chown "$APP_UID" /data
WORKDIR /data
VOLUME /data
USER $APP_UID
ENV ASPNETCORE_CONTENTROOT=/app
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/Weapp.Server.dll"]
