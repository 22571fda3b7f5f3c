import Foundation
import FuzzTargets
import Support
import Testing

/// Every reader of foreign bytes against mutated captures; the short form of `make fuzz`.
@Suite("Readers of foreign bytes")
struct FuzzTests {
  /// So many inputs for each; seconds of work in all. The seed is always the same here: `make fuzz` is
  /// for finding, this is for keeping. `TRACETOP_FUZZ_RUNS` asks for more.
  private static let runs =
    ProcessInfo.processInfo.environment["TRACETOP_FUZZ_RUNS"].flatMap(Int.init) ?? 2_000

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// The files of a folder of fixtures, by name.
  private static func files(_ folder: String) -> [[UInt8]] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: fixtures.appending(path: folder), includingPropertiesForKeys: nil)
    return (files ?? []).sorted { $0.path < $1.path }.compactMap {
      (try? Data(contentsOf: $0)).map { Array($0) }
    }
  }

  @Test("No trap, no hang, nothing that does not add up", arguments: FuzzTarget.allCases)
  func mutated(_ target: FuzzTarget) {
    var seeds = target.seeds
    if target.readsCaptures {
      for gateway in ["plano", "envoy", "contextforge"] {
        seeds += Self.files("captures/\(gateway)").prefix(12)
      }
    }
    let bench = FuzzTarget.Bench()
    var mutator = Mutator(SplitMix64(seed: 0x7ACE), seeds: seeds)
    for run in 0..<(target.isSlow ? Self.runs / 10 : Self.runs) {
      let bytes = mutator.next()
      let wrong = unsafe bytes.withUnsafeBytes { unsafe target.run($0, on: bench) }
      #expect(wrong == nil, "run \(run)")
      if wrong != nil { return }
    }
  }

  @Test("What once went wrong does not again", arguments: FuzzTarget.allCases)
  func crashers(_ target: FuzzTarget) {
    let bench = FuzzTarget.Bench()
    for bytes in Self.files("crashers/\(target.rawValue)") {
      for _ in 0..<64 {
        #expect(unsafe bytes.withUnsafeBytes { unsafe target.run($0, on: bench) } == nil)
      }
    }
  }
}
