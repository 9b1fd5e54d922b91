// Scripts without modules or types: they leave `Bridge` and `Kusto` on the global object.
declare module '@kusto/language-service-next/bridge.min.js';
declare module '@kusto/language-service-next/Kusto.Language.Bridge.min.js';
