// The project's own lint rules, loaded by .oxlintrc.json. What they enforce stands in layers.ts.
import { extname, relative, sep } from "node:path";

import type { RuleTester } from "oxlint/plugins-dev";

import { fromRoot } from "../support/paths.ts";
import { importProblem, matchesAny } from "./check-import.ts";
import { IPC_FILES } from "./layers.ts";
import { resolveImport } from "./resolve-import.ts";

// The package exports no types for plugins, but for their tester, which takes a rule.
type AnyRule = Parameters<RuleTester["run"]>[1];
type Create = NonNullable<AnyRule["create"]>;
type Context = Parameters<Create>[0];
type Visitor = ReturnType<Create>;
type Program = Parameters<NonNullable<Visitor["Program"]>>[0];

interface Rule {
  create: Create;
}

/** The linted file by its path from the root, with forward slashes on every platform. */
function pathFromRoot(context: Context): string {
  return relative(fromRoot(), context.physicalFilename).split(sep).join("/");
}

type SourceNode = Parameters<NonNullable<Visitor["ImportExpression"]>>[0]["source"];

/** Calls back for everything in a file that makes it depend on another module. */
function onEachImport(visit: (specifier: string, node: SourceNode) => void): Visitor {
  const visitSource = (source: SourceNode | null): void => {
    if (source?.type === "Literal" && typeof source.value === "string") visit(source.value, source);
  };
  return {
    ImportDeclaration: (node) => visitSource(node.source),
    ExportNamedDeclaration: (node) => visitSource(node.source),
    ExportAllDeclaration: (node) => visitSource(node.source),
    ImportExpression: (node) => visitSource(node.source),
    TSImportType: (node) => visitSource(node.source),
  };
}

const layers: Rule = {
  create(context) {
    const file = pathFromRoot(context);
    return onEachImport((specifier, node) => {
      const message = importProblem(file, resolveImport(file, specifier));
      if (message !== undefined) context.report({ node, message });
    });
  },
};

/** Node and the bundler resolve only what is spelled out. */
const fileExtensions: Rule = {
  create(context) {
    return onEachImport((specifier, node) => {
      if (specifier.startsWith(".") && extname(specifier) === "") {
        context.report({ node, message: `Write the file's extension: "${specifier}.ts"` });
      }
    });
  },
};

function isReExport(statement: Program["body"][number]): boolean {
  return statement.type === "ExportNamedDeclaration" && statement.source !== null;
}

/** A barrel hides who depends on whom, and loads everything for the sake of one thing. */
const noBarrels: Rule = {
  create(context) {
    return {
      ExportAllDeclaration(node) {
        context.report({ node, message: "No barrels: import from the file that has it" });
      },
      Program(node) {
        if (node.body.length > 0 && node.body.every(isReExport)) {
          const message = "No barrels: this file only passes on what others export";
          context.report({ node, message });
        }
      },
    };
  },
};

const noRawIpc: Rule = {
  create(context) {
    if (matchesAny(pathFromRoot(context), IPC_FILES)) return {};
    return {
      Identifier(node) {
        if (node.name === "ipcMain" || node.name === "ipcRenderer") {
          const message = `${node.name} belongs in the one ipc file on each side; use the bridge`;
          context.report({ node, message });
        }
      },
    };
  },
};

const plugin = {
  meta: { name: "parley" },
  rules: {
    layers,
    "file-extensions": fileExtensions,
    "no-barrels": noBarrels,
    "no-raw-ipc": noRawIpc,
  },
};
export default plugin;
