import ArgumentParser
import TUI

/// Documentation that is made from the program itself; for those who write it.
struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs", abstract: "Print documentation made from the program itself.",
    shouldDisplay: false, subcommands: [Keys.self, VocabularyPage.self])

  struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "keys", abstract: "Print Docs/Keys.md.")

    func run() { StandardOutput.write(KeyTable.markdown()) }
  }
}
