import Ingest
import Store
import TUI

/// Rules for people.
enum RuleText {
  /// `transformations hash user.email, 1,204 spans (plugins.yaml:14)`
  static func line(_ use: RuleUse) -> String {
    let spans = use.spans == 1 ? "1 span" : "\(Format.grouped(use.spans)) spans"
    return "\(VisibleText.of(use.rule.name)), \(spans) (\(VisibleText.of(use.rule.source)))"
  }

  /// What Plano's own sampling means for what is counted here.
  static func sampling(_ percent: Int) -> String { RuleReport.samplingText(percent) }
}

extension RuleReport {
  /// The rules as the screen shows them.
  init(_ uses: [RuleUse], planoSampling: Int?) {
    self.init(
      rules: uses.map { Rule(name: $0.rule.name, source: $0.rule.source, spans: $0.spans) },
      planoSampling: planoSampling)
  }
}
