// The browser half of a sense that is broken: it throws while it is loaded.

throw new Error("this module is rotten");
