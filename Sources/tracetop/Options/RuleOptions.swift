import ArgumentParser

/// Where the rules for attributes come from.
struct RuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "tracetop's own configuration.",
      discussion: "Else $XDG_CONFIG_HOME/tracetop/config.yaml, if it is there.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("plano-config"),
    help: ArgumentHelp(
      "Plano's configuration: apply its header_prefixes and static attributes to spans.",
      valueName: "file"))
  var planoConfig: String?

  @Option(
    name: .customLong("contextforge-config"),
    help: ArgumentHelp(
      "ContextForge's plugins: apply its SpanAttributeCustomizer to spans.", valueName: "file"))
  var contextForgeConfig: String?

  @Option(
    name: .customLong("rules-secret-file"),
    help: ArgumentHelp(
      "The key for rules that hash, in a file that is yours alone; else AUTH_ENCRYPTION_SECRET.",
      valueName: "file"))
  var secretFile: String?

  /// An option that a collector which runs already would not hear of; nil where none was given.
  var firstGiven: String? {
    let given = [
      ("--config", config), ("--plano-config", planoConfig),
      ("--contextforge-config", contextForgeConfig), ("--rules-secret-file", secretFile),
    ]
    return given.first { $0.1 != nil }?.0
  }
}
