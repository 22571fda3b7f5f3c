import FuzzTargets
import Glibc

// libFuzzer: https://llvm.org/docs/LibFuzzer.html

/// Begins libFuzzer's own loop over inputs (FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The target is chosen once, by TRACETOP_FUZZ_TARGET; libFuzzer calls from one thread.
nonisolated(unsafe) var target = FuzzTarget.traces
nonisolated(unsafe) var bench = FuzzTarget.Bench()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: count == 0 ? nil : start, count: count)
  if let wrong = target.run(bytes, on: bench) { fatalError(wrong) }
  return 0
}

@main
struct Fuzz {
  /// `fuzz --seeds FOLDER` writes the first inputs of the target; anything else is libFuzzer's.
  static func main() {
    let name = getenv("TRACETOP_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let wanted = FuzzTarget(rawValue: name) else {
      print("TRACETOP_FUZZ_TARGET must be one of:")
      for target in FuzzTarget.allCases { print(target.rawValue) }
      exit(2)
    }
    target = wanted
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
      for (number, seed) in wanted.seeds.enumerated() {
        guard let file = fopen("\(CommandLine.arguments[2])/seed-\(number)", "w") else { exit(1) }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
      }
      return
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments, testOneInput))
  }
}
