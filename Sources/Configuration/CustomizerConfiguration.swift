public import Ingest

/// What tracetop reads from ContextForge's configuration: the plugin SpanAttributeCustomizer.
///
/// The file is the gateway's list of plugins, or one plugin's entry, or its `config` alone.
public enum CustomizerConfiguration {
  private static let pluginName = "SpanAttributeCustomizer"
  private static let pluginClass = "SpanAttributeCustomizerPlugin"

  /// Reads the file's text; `file` is its name in messages.
  public static func rules(
    _ text: String, file: String
  ) throws(ConfigurationError) -> CustomizerRules {
    guard let root = try ConfigNode(text, file: file), !root.isNull else {
      throw ConfigurationError(file: file, line: nil, reason: "there is nothing in it")
    }
    let members = try root.members("ContextForge's configuration")
    if let plugins = members.first(where: { $0.key == "plugins" }) {
      return try rules(ofPlugin: customizer(among: plugins.value))
    }
    if members.contains(where: { $0.key == "config" }) { return try rules(ofPlugin: root) }
    guard members.contains(where: { CustomizerReader.settings.contains($0.key) }) else {
      throw root.error(
        "neither a list of plugins nor the configuration of \(pluginName) is in this file")
    }
    return try CustomizerReader.read(root, refusingUnknown: false)
  }

  private static func customizer(among list: ConfigNode) throws(ConfigurationError) -> ConfigNode {
    for plugin in try list.elements("plugins") {
      for member in try plugin.members("a plugin") {
        guard case .string(let text)? = member.value.scalar else { continue }
        let isCustomizer =
          member.key == "name" && text == pluginName
          || member.key == "kind" && text.utf8.elementsEqual(pluginClass.utf8)
          || member.key == "kind" && text.hasSuffix("." + pluginClass)
        if isCustomizer { return plugin }
      }
    }
    throw list.error("no plugin of this file is \(pluginName)")
  }

  /// A plugin that is disabled changes no attributes; what it says of baggage holds all the same.
  private static func rules(
    ofPlugin plugin: ConfigNode
  ) throws(ConfigurationError) -> CustomizerRules {
    let members = try plugin.members("a plugin")
    let isDisabled = members.contains { $0.key == "mode" && $0.value.scalar == .string("disabled") }
    guard let config = members.first(where: { $0.key == "config" })?.value, !config.isNull else {
      return CustomizerRules()
    }
    let rules = try CustomizerReader.read(config, refusingUnknown: false)
    guard isDisabled else { return rules }
    var baggageAlone = CustomizerRules()
    baggageAlone.baggage = rules.baggage
    return baggageAlone
  }
}
