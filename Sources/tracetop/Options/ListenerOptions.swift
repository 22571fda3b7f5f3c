import ArgumentParser
import Ingest

/// Who may use the TCP endpoints: files with certificates, keys and tokens, never a secret itself.
struct ListenerOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-cert"),
    help: ArgumentHelp(
      "Speak TLS on --grpc and --http with this certificate and those behind it, in PEM.",
      valueName: "file"))
  var certificate: String?

  @Option(
    name: .customLong("tls-key"),
    help: ArgumentHelp(
      "The certificate's key in PEM, in a file that is yours alone.", valueName: "file"))
  var key: String?

  @Option(
    name: .customLong("tls-client-ca"),
    help: ArgumentHelp(
      "Ask clients for a certificate of one of these authorities, in PEM.", valueName: "file"))
  var clientAuthority: String?

  @Option(
    name: .customLong("token-file"),
    help: ArgumentHelp(
      "Take calls on --grpc and --http only with one of these bearer tokens, one a line; a file that "
        + "is yours alone.", valueName: "file"))
  var tokens: String?

  /// An option that a collector which runs already would not hear of; nil where none was given.
  var firstGiven: String? {
    let given = [
      ("--tls-cert", certificate), ("--tls-key", key), ("--tls-client-ca", clientAuthority),
      ("--token-file", tokens),
    ]
    return given.first { $0.1 != nil }?.0
  }

  /// Reads the files; the second value is what a person should know of them.
  func read() throws(Failure) -> (tls: ServerTLS?, tokens: AccessTokens?, warnings: [String]) {
    guard (certificate == nil) == (key == nil) else {
      throw .usage("--tls-cert and --tls-key are given together or not at all")
    }
    guard clientAuthority == nil || certificate != nil else {
      throw .usage("--tls-client-ca needs --tls-cert and --tls-key")
    }
    let certificateFile = try certificate.map { path throws(Failure) in try PEM.open(path) }
    let keyFile = try key.map { path throws(Failure) in try PEM.secret(path) }
    let authorityFile = try clientAuthority.map { path throws(Failure) in try PEM.open(path) }
    let tokenFile = try tokens.map { path throws(Failure) in try PEM.secret(path) }
    do throws(IngestError) {
      var tls: ServerTLS?
      if let certificateFile, let keyFile {
        tls = try ServerTLS(
          certificate: certificateFile, key: keyFile, clientAuthority: authorityFile)
      }
      let tokens = try tokenFile.map { file throws(IngestError) in try AccessTokens(file) }
      var warnings = tls?.warnings ?? []
      for line in tokens?.guessableLines ?? [] {
        warnings.append(
          "\(self.tokens ?? ""):\(line): a token of fewer than \(AccessTokens.guessableBytes) "
            + "characters can be guessed")
      }
      return (tls, tokens, warnings)
    } catch {
      throw Failure(error.message)
    }
  }
}

/// Files for TLS and tokens as the collector and its clients take them.
enum PEM {
  /// A file that anybody may read.
  static func open(_ path: String) throws(Failure) -> SecretFile {
    SecretFile(path: path, bytes: try TextFile.read(path))
  }

  /// A file that must be this user's alone.
  static func secret(_ path: String) throws(Failure) -> SecretFile {
    SecretFile(path: path, bytes: try TextFile.readPrivate(path))
  }
}
