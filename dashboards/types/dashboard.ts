// What a dashboard of ours may be: Grafana's own types, with each panel's options and fields as its kind has them.
import type { AnnotationQuery, Dashboard, DataQuery, FieldConfigSource, Panel, RowPanel, VariableModel } from '@grafana/schema';
import type * as bars from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as states from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as lines from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** Grafana's query of a Prometheus, as far as ours go: the package has no type for it. */
interface Query extends DataQuery {
  expr: string;
  legendFormat: string;
  instant: boolean;
  range: boolean;
  format: 'table' | 'time_series';
  editorMode?: 'code';
}

type Shown<Kind extends string, Options, Field> = Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Kind;
  options: Partial<Options>;
  fieldConfig: FieldConfigSource<Partial<Field>>;
  targets: Query[];
};

type Any =
  | Shown<'stat', stat.Options, object>
  | Shown<'bargauge', bars.Options, object>
  | Shown<'table', table.Options, table.FieldConfig>
  | Shown<'state-timeline', states.Options, states.FieldConfig>
  | Shown<'timeseries', lines.Options, lines.FieldConfig>
  | RowPanel;

/** JSON has the words that enums stand for. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends Array<infer One>
      ? Plain<One>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T;

/** Grafana's plugin for Prometheus reads the formats beside the query, and a variable keeps what its editor showed. */
interface Deploys extends Omit<AnnotationQuery, 'target'> {
  target: DataQuery & { expr: string; interval: string };
  titleFormat: string;
  textFormat: string;
}

type Variable = VariableModel & { definition?: string };

export type Ours = Plain<
  Omit<Dashboard, 'panels' | 'annotations' | 'templating'> & {
    panels: Any[];
    annotations: { list: Deploys[] };
    templating: { list: Variable[] };
  }
>;
