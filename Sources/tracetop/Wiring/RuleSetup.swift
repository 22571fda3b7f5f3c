import Configuration
import Ingest
import Store

/// The rules of all files, read before anything is bound: a file that is not right ends the start.
struct RuleSetup: Sendable {
  let book: RuleBook
  /// The share of traces that Plano keeps, in percent, where its configuration says.
  var planoSampling: Int?
  /// What tracetop's own configuration adds to the vocabulary.
  var additions = VocabularyAdditions()
  /// What tracetop's own configuration says of what is kept.
  var retention = RetentionSettings()
  /// What the originals would only log: settings that do nothing.
  var warnings: [String] = []

  init(_ options: RuleOptions) throws(Failure) {
    var stages: [RuleBook.Stage] = []
    do {
      if let path = options.planoConfig {
        let plano = try PlanoConfiguration(TextFile.text(path), file: path)
        planoSampling = plano.randomSampling
        stages.append(.plano(plano.rules))
      }
      if let path = options.contextForgeConfig {
        stages.append(
          .customizer(try CustomizerConfiguration.rules(TextFile.text(path), file: path)))
      }
      if let own = try Self.own(options.config) {
        stages += [.plano(own.plano), .customizer(own.contextforge)]
        additions = own.vocabulary
        retention = own.retention
      }
    } catch let error as ConfigurationError {
      throw Failure(error.description)
    } catch {
      throw error as? Failure ?? Failure(VisibleMessage.of(error))
    }
    warnings = Self.warnings(stages)
    book = RuleBook(stages, secret: try Self.secret(options.secretFile, for: stages))
  }

  var vocabulary: Vocabulary { Vocabulary.standard.extended(by: additions) }

  /// The vocabulary of a process that only looks and is not told of another: by the configuration in
  /// its usual place.
  static func vocabulary() throws(Failure) -> Vocabulary {
    do {
      guard let own = try own(nil) else { return .standard }
      return Vocabulary.standard.extended(by: own.vocabulary)
    } catch let error as ConfigurationError {
      throw Failure(error.description)
    } catch {
      throw error as? Failure ?? Failure(VisibleMessage.of(error))
    }
  }

  /// The same for a process that a collector tells of its vocabulary, which goes before its own: where the
  /// own one cannot be read that is said, once, and nothing ends for it.
  static let vocabularyBesideCollector: Vocabulary = {
    do throws(Failure) {
      return try vocabulary()
    } catch {
      StandardError.say("\(error.message); going on with the collector's vocabulary")
      return .standard
    }
  }()

  /// tracetop's own configuration; nil where none is named and none is in its usual place.
  private static func own(_ path: String?) throws -> TracetopConfiguration? {
    if let path { return try TracetopConfiguration(TextFile.text(path), file: path) }
    guard let path = Environment.configFolder.map({ "\($0)/tracetop/config.yaml" }),
      let text = try TextFile.textIfThere(path)
    else { return nil }
    return try TracetopConfiguration(text, file: path)
  }

  // MARK: - The secret

  /// The key, where a rule hashes or a file is named; the file goes before the environment.
  private static func secret(
    _ path: String?, for stages: [RuleBook.Stage]
  ) throws(Failure) -> RuleSecret? {
    if let path {
      var bytes = try TextFile.readPrivate(path)
      // An editor's line end is no part of the key.
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      guard !bytes.isEmpty else { throw Failure("\(path): there is no key in it") }
      return RuleSecret(bytes)
    }
    let hash = stages.lazy.compactMap { stage in
      if case .customizer(let rules) = stage { rules.firstHash } else { nil }
    }.first
    guard let hash else { return nil }
    guard let key = Environment.variable("AUTH_ENCRYPTION_SECRET") else {
      throw Failure(
        "\(hash.source): hash needs a key: set AUTH_ENCRYPTION_SECRET as ContextForge has it, "
          + "or give --rules-secret-file")
    }
    return RuleSecret(Array(key.utf8))
  }

  // MARK: - Warnings

  private static func warnings(_ stages: [RuleBook.Stage]) -> [String] {
    var warnings: [String] = []
    for case .customizer(let rules) in stages {
      for rule in rules.transformations {
        if case .unknown(let name) = rule.operation {
          warnings.append(
            "\(rule.label.source): \"\(name)\" is no operation and changes nothing; "
              + "there are hash, uppercase, lowercase and truncate")
        }
      }
      if let fault = rules.mapping.fault, let first = rules.mapping.rules.first {
        warnings.append(
          "\(first.label.source): the whole attribute_mapping is ignored, as ContextForge does: \(fault)"
        )
      }
    }
    return warnings
  }
}
