/**
 * On top of the Nest CLI's own defaults: modern output (Node 24 runs class fields and decorators'
 * output as they are) and `@caravan/*` bundled into each app while packages stay outside.
 */
module.exports = (defaults) => {
  const [rule] = defaults.module.rules;
  rule.use[0].options.jsc.target = 'es2024';
  return { ...defaults, devtool: 'source-map', stats: 'errors-warnings' };
};
