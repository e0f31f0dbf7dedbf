/** In the place of `@apollo/utils.createhash`, which does not see in a bundle that it runs in Node, and hashes every query in JavaScript. */
exports.createHash = require('node:crypto').createHash;
