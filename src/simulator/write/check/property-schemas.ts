/** Property definitions in requests: what each type takes when a property is created and when it is changed. */
import type { Json } from '../../workspace/json.ts';
import { isJsonObject } from '../../workspace/json.ts';
import { optionColours } from '../lists/colours.ts';
import { numberFormats } from '../lists/number-formats.ts';
import { uuid } from './ids.ts';
import type { Check, Path, Problems } from './problems.ts';
import type { ObjectRule } from './shapes.ts';
import { array, empty, filledString, nullable, object, oneKeyOf, oneOf, optional, string } from './shapes.ts';

/** Functions a rollup can apply to the values it gathers. */
export const rollupFunctions: readonly string[] = (
  'count count_values empty not_empty unique show_unique percent_empty percent_not_empty sum average median min max ' +
  'range earliest_date latest_date date_range checked unchecked percent_checked percent_unchecked count_per_group ' +
  'percent_per_group show_original'
).split(' ');

const description = optional(nullable(string(280)));

const optionName: Check = (value, path, problems) => {
  filledString(100)(value, path, problems);
  if (typeof value === 'string' && value.includes(',')) problems.should(path, 'not contain commas', value);
};

const newOption: ObjectRule = {
  name: optionName,
  color: optional(oneOf(optionColours)),
  description,
};
const knownOption: ObjectRule = { ...newOption, name: optional(optionName), id: optional(filledString()) };

/** Options are told apart by name, whatever the case. */
function options(rule: ObjectRule): Check {
  const list = array(object(rule));
  return (value, path, problems) => {
    list(value, path, problems);
    if (!Array.isArray(value)) return;
    const seen = new Set<string>();
    for (const [place, option] of value.entries()) {
      if (!isJsonObject(option)) continue;
      if (option.name === undefined && option.id === undefined)
        problems.should(`${path}[${place}].name`, 'be defined', undefined);
      if (typeof option.name !== 'string') continue;
      const name = option.name.toLowerCase();
      if (seen.has(name)) problems.should(`${path}[${place}].name`, 'be unique', option.name);
      seen.add(name);
    }
  };
}

/** `groups`, and `group` of an option, are taken and ignored. */
const ignored: Check = () => {};
const group = optional(oneOf(['To-do', 'In progress', 'Complete']));

function choices(option: ObjectRule): { [type: string]: Check } {
  const list = object({ options: optional(options(option)) });
  return {
    select: list,
    multi_select: list,
    status: object({ options: optional(options({ ...option, group })), groups: optional(ignored) }),
  };
}

const relation = oneKeyOf({
  payloads: { single_property: empty, dual_property: empty },
  common: { data_source_id: uuid },
});

const names: ObjectRule = {
  relation_property_name: optional(string()),
  relation_property_id: optional(string()),
};
const targets: ObjectRule = {
  rollup_property_name: optional(string()),
  rollup_property_id: optional(string()),
};
const rollupShape = object({ function: oneOf(rollupFunctions), ...names, ...targets });

const rollup: Check = (value, path, problems) => {
  rollupShape(value, path, problems);
  if (!isJsonObject(value)) return;
  for (const rule of [names, targets]) {
    const [byName = '', byId = ''] = Object.keys(rule);
    if (value[byName] === undefined && value[byId] === undefined) {
      problems.should(`${path}.${byName}`, 'be defined', undefined);
    }
  }
};

const uniqueId = object({ prefix: optional(nullable(prefix)) });

function prefix(value: Json | undefined, path: Path, problems: Problems): void {
  string()(value, path, problems);
  if (typeof value === 'string' && !/^[A-Za-z][A-Za-z0-9]{0,9}$/.test(value)) {
    problems.should(path, 'be a letter followed by at most nine letters or digits', value);
  }
}

const plainTypes =
  'title rich_text url people files email phone_number date checkbox created_by created_time last_edited_by last_edited_time place';

const alike: { readonly [type: string]: Check } = {
  number: object({ format: optional(oneOf(numberFormats)) }),
  formula: object({ expression: filledString() }),
  relation,
  rollup,
  unique_id: uniqueId,
  ...Object.fromEntries(plainTypes.split(' ').map((type) => [type, empty])),
};

const creation = oneKeyOf({ payloads: { ...alike, ...choices(newOption) }, common: { description } });
const change = oneKeyOf({
  payloads: { ...alike, ...choices(knownOption) },
  common: { description, name: optional(filledString()), id: optional(string()) },
});

/** A property to be created. Buttons, verification and the undocumented types cannot be. */
export const newProperty: Check = creation;

/** A change of a property: a definition, with a name or description or without, a new name alone, or null to remove it. */
export function propertyChange(value: Json | undefined, path: Path, problems: Problems): void {
  if (value === null) return;
  if (isJsonObject(value) && Object.keys(value).join() === 'name')
    filledString()(value.name, `${path}.name`, problems);
  else change(value, path, problems);
}
