global using WorkManager.TestSupport;
global using Xunit;
