// An application in a process of its own: other processes race with it, and it can be killed.
//
//   claim   <provider> <connection string> <process> <tasks>   leases until nothing is left, and prints what it got
//   approve <provider> <connection string> <order>             approves, and stays inside the apply until it is killed
//   apply   <provider> <connection string>                     applies what is approved and deferred, line by line, until it is killed
//   hold    <provider> <connection string> <agent>             leases an item, and holds it until it is killed
//   return  <provider> <connection string> <seconds> <agent>... leases an item for each, is stopped, and does with them what a holder can do
//   work    <provider> <connection string>                     does one item after the other until it is killed
//   keep    <provider> <connection string> <rounds>            does every duty, several times, and prints what came of each
//   create  <provider> <connection string>...                  makes the tables in each database, and prints whether it was the one that made them
//   create-half <provider> <connection string>                 begins to make the tables, and goes no further until it is killed
//
// It prints "ready" and waits for a line on its standard input, so that all processes start at once. To create, it does so for each database.

using System.Globalization;
using WorkManager.RaceWorker;

return args switch
{
    ["claim", var provider, var connection, var process, var tasks] =>
        await Claiming.RunAsync(Application.Start(provider, connection), Number(process), Number(tasks)),
    ["approve", var provider, var connection, var order] =>
        await Approving.RunAsync(Application.Start(provider, connection), Guid.Parse(order, CultureInfo.InvariantCulture)),
    ["apply", var provider, var connection] => await ApplyingDeferred.RunAsync(provider, connection),
    ["hold", var provider, var connection, var agent] => await Holding.HoldAsync(Application.Start(provider, connection, Holding.Configure), agent),
    ["return", var provider, var connection, var seconds, .. var agents] =>
        await Returning.RunAsync(Application.Start(provider, connection, options => Returning.Configure(options, Number(seconds))), agents),
    ["work", var provider, var connection] => await Holding.WorkAsync(Application.Start(provider, connection, Holding.Configure)),
    ["keep", var provider, var connection, var rounds] =>
        await Keeping.RunAsync(Application.Start(provider, connection, Keeping.Configure), Number(rounds)),
    ["create", var provider, .. var connections] => await Creating.RunAsync(provider, connections),
    ["create-half", var provider, var connection] => await Creating.RunHalfAsync(provider, connection),
    _ => 2,
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
