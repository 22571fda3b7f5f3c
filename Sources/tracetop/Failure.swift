/// Why a command ends early: one line for stderr and the exit code.
struct Failure: Error, Equatable {
  var message: String
  var exitCode: Int32

  /// Something went wrong (1).
  init(_ message: String) {
    self.message = message
    exitCode = 1
  }

  private init(_ message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  /// The command line makes no sense (2).
  static func usage(_ message: String) -> Failure { Failure(message, exitCode: 2) }

  /// Whether it says that there is nobody to ask.
  var isOfNoCollector: Bool { exitCode == 3 }

  /// There is nobody to ask (3), and where was looked.
  static func noCollector(lookedAt places: [String]) -> Failure {
    let places = places.joined(separator: ", ")
    return Failure("no collector is running (looked at \(places))", exitCode: 3)
  }
}
