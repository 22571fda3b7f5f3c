public import Ingest
public import Store

/// tracetop's own configuration file; Docs/Configuration.md has its schema.
///
/// Whatever it does not know is refused: a misspelt rule that hides nothing is worse than none.
public struct TracetopConfiguration: Equatable, Sendable {
  public var plano = PlanoRules()
  public var contextforge = CustomizerRules()
  public var vocabulary = VocabularyAdditions()
  public var retention = RetentionSettings()

  public init() {}

  /// Reads the file's text; `file` is its name in messages.
  public init(_ text: String, file: String) throws(ConfigurationError) {
    guard let root = try ConfigNode(text, file: file), !root.isNull else { return }
    for member in try root.members("the configuration") {
      switch member.key {
      case "rules": try read(rules: member.value)
      case "vocabulary": vocabulary = try VocabularyReader.read(member.value)
      case "sample": retention.sample = try RetentionSettings.share(member.value)
      case "slow": retention.slow = try RetentionSettings.slowness(member.value)
      default:
        throw member.place.error(
          "\"\(member.key)\" is no setting; there are rules, vocabulary, sample and slow")
      }
    }
  }

  private mutating func read(rules: ConfigNode) throws(ConfigurationError) {
    for member in try rules.members("rules") {
      switch member.key {
      case "plano": plano = try PlanoRules(member.value, what: "rules.plano")
      case "contextforge":
        contextforge = try CustomizerReader.read(member.value, refusingUnknown: true)
      default:
        throw member.place.error(
          "\"\(member.key)\" is no kind of rules; there are plano and contextforge")
      }
    }
  }
}
