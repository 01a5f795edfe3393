/// What `--enable_features` switches on (contracts/marathon.md §15.3).
public enum Feature: String, Sendable, Hashable, CaseIterable {
    case vips
    case taskKilling = "task_killing"
    case externalVolumes = "external_volumes"
    case secrets
    case gpuResources = "gpu_resources"
}
