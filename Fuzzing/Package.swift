// swift-tools-version: 6.2
import PackageDescription

/// The fuzzer is a package of its own: everything it is made of is compiled anew for libFuzzer, which
/// watches every branch. `make fuzz` builds and runs it.
let package = Package(
  name: "TracetopFuzzing",
  dependencies: [.package(name: "tracetop", path: "../")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "TracetopFuzzTargets", package: "tracetop")])
  ],
  swiftLanguageModes: [.v6]
)
