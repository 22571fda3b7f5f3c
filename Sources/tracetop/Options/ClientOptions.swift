import ArgumentParser
import Ingest

/// What a command shows a collector that it asks over TCP, and whom it believes.
struct ClientOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-ca"),
    help: ArgumentHelp(
      "Speak TLS to host:port, and believe these authorities, in PEM, or \"system\" this machine's.",
      valueName: "file"))
  var authority: String?

  @Option(
    name: .customLong("tls-cert"),
    help: ArgumentHelp("The certificate to show, in PEM.", valueName: "file"))
  var certificate: String?

  @Option(
    name: .customLong("tls-key"),
    help: ArgumentHelp("Its key in PEM, in a file that is yours alone.", valueName: "file"))
  var key: String?

  @Option(
    name: .customLong("token-file"),
    help: ArgumentHelp(
      "The bearer token to show: the first in a file that is yours alone.", valueName: "file"))
  var tokens: String?

  /// Reads the files.
  func read() throws(Failure) -> ClientSecurity {
    guard (certificate == nil) == (key == nil) else {
      throw .usage("--tls-cert and --tls-key are given together or not at all")
    }
    guard certificate == nil || authority != nil else {
      throw .usage(
        "--tls-cert needs --tls-ca; \"--tls-ca system\" believes this machine's authorities")
    }
    var believed: ClientSecurity.Authority?
    if let authority {
      believed = authority == "system" ? .system : .file(try PEM.open(authority))
    }
    let certificateFile = try certificate.map { path throws(Failure) in try PEM.open(path) }
    let keyFile = try key.map { path throws(Failure) in try PEM.secret(path) }
    let tokenFile = try tokens.map { path throws(Failure) in try PEM.secret(path) }
    do throws(IngestError) {
      return try ClientSecurity(
        authority: believed, certificate: certificateFile, key: keyFile, tokens: tokenFile)
    } catch {
      throw Failure(error.message)
    }
  }
}
