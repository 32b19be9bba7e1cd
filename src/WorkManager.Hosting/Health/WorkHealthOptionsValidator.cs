using Microsoft.Extensions.Options;

namespace WorkManager.Hosting.Health;

[OptionsValidator]
internal sealed partial class WorkHealthOptionsValidator : IValidateOptions<WorkHealthOptions>;
