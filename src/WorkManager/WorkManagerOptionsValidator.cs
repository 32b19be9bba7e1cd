using Microsoft.Extensions.Options;

namespace WorkManager;

[OptionsValidator]
internal sealed partial class WorkManagerOptionsValidator : IValidateOptions<WorkManagerOptions>;
