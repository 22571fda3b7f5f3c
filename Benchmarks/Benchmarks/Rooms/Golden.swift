import Glibc
import Ingest
import Store

extension Inputs {
  /// A store of the corpus in TRACETOP_CORPUS.
  static let golden: Store = {
    let store = Store(budgetBytes: budget)
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    let folder = getenv("TRACETOP_CORPUS").map { String(cString: $0) } ?? ""
    var number = 0
    while let request = file("\(folder)/pb/\(padded(number)).bin") {
      number += 1
      request.withUnsafeBytes { body in
        do {
          try decoder.decode(body, into: batch)
        } catch {
          fatalError("request \(number - 1) of the corpus does not decode: \(error)")
        }
        _ = store.append(batch)
      }
    }
    let statistics = store.settledSnapshot().statistics
    precondition(statistics.spansHeld == 1_000_448, "TRACETOP_CORPUS has no 1,000,448 spans")
    print(
      "corpus: \(statistics.tracesHeld) traces, \(statistics.spansHeld) spans,",
      "\(statistics.memoryBytes / Int(statistics.spansHeld)) bytes a span")
    return store
  }()

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// The bytes of a file, or nil where there is none.
  private static func file(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return nil }
    return bytes
  }
}
