package io.espalier.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line's root, {@code espalier}; the commands hang below it. */
@Command(
        name = "espalier",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = EspalierCommand.Version.class,
        usageHelpWidth = 96,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is done",
            "1:the run failed; one line on stderr says why",
            "2:wrong usage; one line on stderr says what is allowed"
        })
public final class EspalierCommand {

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "If the run fails, print where in the code.")
    private boolean stacktrace;

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(
                commandLine(
                                new DemoCommand(),
                                new PruneCommand(),
                                new EvaluateCommand(),
                                new ExportCommand(),
                                new VerifyCommand(),
                                new InspectCommand(),
                                new DiffCommand(),
                                new AblateCommand(),
                                new AblateDriftCommand(),
                                new CurvesCommand(),
                                new RunCommand(),
                                new SendCommand(),
                                new ReportsCommand(),
                                new ControlCommandLine(),
                                new DeadLettersCommand(),
                                new SubmitCommand(),
                                new StopCommand(),
                                new ClusterCommand(),
                                new BenchCommand())
                        .execute(arguments));
    }

    /** The command line of these commands, with its error handling. */
    static CommandLine commandLine(Object... commands) {
        CommandLine root = new CommandLine(new EspalierCommand());
        for (Object command : commands) {
            root.addSubcommand(command);
        }
        // After the commands were added: they inherit what the root has by then.
        root.getCommandSpec()
                .usageMessage()
                .description(
                        "Keeps deployed transformers pruned to the traffic they really get: reads"
                                + " samples of it, works out which attention heads and neurons they"
                                + " need, repairs what is left, and publishes a smaller model.")
                .footer(
                        "",
                        "Examples:",
                        "  espalier demo --windows 4",
                        "  espalier prune --model DIR --data train.tsv --budget macs=0.5 --output OUT",
                        "  espalier evaluate --model DIR --pruned OUT/... --data test.tsv",
                        "  espalier inspect OUT/MODEL/macs0.50-000001",
                        "  espalier ablate --model DIR --data train.tsv --test test.tsv --seeds 3",
                        "  espalier send --config job.yaml --data traffic.tsv --flush",
                        "  espalier reports --config job.yaml --follow",
                        "",
                        "A budget is the share of the dense model that is kept: macs=0.5 keeps half"
                                + " of the",
                        "multiply-accumulates of the attention and feed-forward blocks.",
                        "",
                        "'espalier COMMAND --help' explains a command, with examples.",
                        "",
                        "Environment: ESPALIER_HEAP (JVM heap, 4g), ESPALIER_JAVA_OPTS (more JVM"
                                + " options, like",
                        "-Despalier.log=INFO to see what the job does).");
        Failures failures = new Failures();
        return root.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
    }

    boolean stacktrace() {
        return stacktrace;
    }

    /** The version of the jar; a class path of the build has none. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = EspalierCommand.class.getPackage().getImplementationVersion();
            return new String[] {"espalier " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
