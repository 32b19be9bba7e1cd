using Microsoft.Extensions.Options;

namespace WorkManager.Hosting.Workers;

[OptionsValidator]
internal sealed partial class WorkerOptionsValidator : IValidateOptions<WorkerOptions>;
