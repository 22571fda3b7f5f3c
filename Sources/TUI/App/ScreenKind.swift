/// Where keys go: each kind has its own column in the key table.
public enum ScreenKind: String, CaseIterable, Sendable {
  case traces, facets, groups, waterfall, details, routes, files, filter, find, help

  /// What the help screen and Docs/Keys.md call it.
  public var title: String {
    switch self {
    case .traces: "Trace list"
    case .facets: "Facets"
    case .groups: "Who is affected"
    case .waterfall: "Waterfall"
    case .details: "Span details"
    case .routes: "Routes and filters"
    case .files: "Files"
    case .filter: "Filter prompt"
    case .find: "Find prompt"
    case .help: "Help"
    }
  }
}
