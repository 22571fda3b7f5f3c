import Foundation
import Testing

/// Compares a screen with the text file of that name in the folder Goldens.
///
/// `TRACETOP_RECORD_SCREENS=1` writes the files anew; look at every one before it is committed.
func expectScreen(
  _ screen: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens/\(name).txt")
  if ProcessInfo.processInfo.environment["TRACETOP_RECORD_SCREENS"] != nil {
    try Data((screen + "\n").utf8).write(to: file)
    return
  }
  let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? "(there is no \(name).txt)"
  #expect(screen + "\n" == expected, "\(name) looks different", sourceLocation: sourceLocation)
}
