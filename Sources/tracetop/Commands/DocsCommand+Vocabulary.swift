import ArgumentParser
import Store

extension DocsCommand {
  struct VocabularyPage: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "vocabulary", abstract: "Print Docs/Vocabulary.md.")

    func run() { StandardOutput.write(VocabularyDocument().markdown()) }
  }
}
